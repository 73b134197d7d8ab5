import numpy as np
from net import GateNet

inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
gates = {'and': [0, 0, 0, 1], 'nor': [1, 0, 0, 0], 'xor': [0, 1, 1, 0]}

wanted = np.array([gates[g] for g in ('and', 'nor', 'xor')]).T
net = GateNet(2, 4, 3, seed=1)
for i in range(2000):
    e = net.train(inputs, wanted, 0.8)
    if i % 400 == 0:
        print(i, e)
print(net.decide(inputs))
print('all gates learnt:', (net.decide(inputs) == wanted).all())
