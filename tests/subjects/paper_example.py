# check of the example that I worked out on paper
import math

def f(x):
    return 1.0 / (1.0 + math.exp(-x))

w = {'11': 0.3, '12': -0.2, '21': 0.1, '22': 0.4, 'b1': 0.25,
     '31': 0.6, '32': -0.3, '41': 0.5, '42': 0.2, 'b2': -0.1}
x1, x2 = 0.8, 0.3
t1, t2 = 0.1, 0.9
eta = 0.5

def forward():
    h1 = f(w['11'] * x1 + w['12'] * x2 + w['b1'])
    h2 = f(w['21'] * x1 + w['22'] * x2 + w['b1'])
    o1 = f(w['31'] * h1 + w['32'] * h2 + w['b2'])
    o2 = f(w['41'] * h1 + w['42'] * h2 + w['b2'])
    return h1, h2, o1, o2

def error():
    h1, h2, o1, o2 = forward()
    return 0.5 * (t1 - o1) ** 2 + 0.5 * (t2 - o2) ** 2

for i in range(3000):
    h1, h2, o1, o2 = forward()
    d1 = (o1 - t1) * o1 * (1 - o1)
    d2 = (o2 - t2) * o2 * (1 - o2)
    e1 = (d1 * w['31'] + d2 * w['32']) * h1 * (1 - h1)
    e2 = (d1 * w['41'] + d2 * w['42']) * h2 * (1 - h2)

    w['31'] -= eta * d1 * h1
    w['32'] -= eta * d1 * h2
    w['41'] -= eta * d2 * h1
    w['42'] -= eta * d2 * h2
    w['b2'] -= eta * (d1 + d2)
    w['11'] -= eta * e1 * x1
    w['12'] -= eta * e1 * x2
    w['21'] -= eta * e2 * x1
    w['22'] -= eta * e2 * x2
    w['b1'] -= eta * (e1 + e2)
    if i % 500 == 0:
        print(i, 'error', error())

print('outputs', forward()[2:], 'wanted', (t1, t2))
