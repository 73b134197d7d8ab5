#!/usr/bin/env python
# coding: utf-8

# # Exercise 2: a network for two half moons

# In[1]:

import numpy as np
import matplotlib.pyplot as plt
%matplotlib inline
%load_ext autoreload
%autoreload 2

# In[2]:

rng = np.random.RandomState(2021)
angle = np.pi * rng.rand(120)
upper = np.c_[np.cos(angle[:60]), np.sin(angle[:60])]
lower = np.c_[1 - np.cos(angle[60:]), 0.4 - np.sin(angle[60:])]
X = np.r_[upper, lower] + 0.1 * rng.randn(120, 2)
y = np.r_[np.zeros(60, int), np.ones(60, int)]
plt.scatter(X[:, 0], X[:, 1], c=y)

# In[3]:

!pip list | grep numpy

def softmax(s):
    s = np.exp(s - s.max(axis=1, keepdims=True))
    return s / s.sum(axis=1, keepdims=True)

def forward(model, X):
    h = np.tanh(X.dot(model['A']) + model['a'])
    return h, softmax(h.dot(model['B']) + model['b'])

def loss(model, X, y):
    return -np.log(forward(model, X)[1][np.arange(len(y)), y]).mean()

# In[4]:

model = {'A': rng.randn(2, 6), 'a': np.zeros(6), 'B': rng.randn(6, 2) / 2, 'b': np.zeros(2)}
epsilon = 0.5
curve = []
for step in range(800):
    h, p = forward(model, X)
    d = p.copy()
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    dh = d.dot(model['B'].T) * (1 - h ** 2)
    grad = {'A': X.T.dot(dh), 'a': dh.sum(0), 'B': h.T.dot(d), 'b': d.sum(0)}
    for k in model:
        model[k] = model[k] - epsilon * grad[k]
    curve.append(loss(model, X, y))
print('loss', curve[-1], 'accuracy', (forward(model, X)[1].argmax(1) == y).mean())

# In[5]:

plt.plot(curve)
plt.show()
