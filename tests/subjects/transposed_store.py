import numpy as np

class PolicyNet(object):
    """weights are stored output x input, examples come in rows: hence all the .T"""

    def __init__(self, obs, hidden, actions, seed=None):
        rs = np.random.RandomState(seed)
        self.model = {'fc1': rs.randn(hidden, obs)/np.sqrt(obs), 'fc1_b': np.zeros(hidden),
                      'fc2': rs.randn(hidden, hidden)/np.sqrt(hidden), 'fc2_b': np.zeros(hidden),
                      'out': rs.randn(actions, hidden)/np.sqrt(hidden), 'out_b': np.zeros(actions)}

    def forward(self, s):
        m = self.model
        self.s = s
        self.h1 = np.tanh(s.dot(m['fc1'].T) + m['fc1_b'])
        self.h2 = np.tanh(self.h1.dot(m['fc2'].T) + m['fc2_b'])
        logits = self.h2.dot(m['out'].T) + m['out_b']
        logits = logits - logits.max(axis=1)[:, None]
        self.probs = np.exp(logits)/np.exp(logits).sum(axis=1)[:, None]
        return self.probs

    def imitation_loss(self, s, expert):
        """how surprised are we by the expert's actions (integers)?"""
        p = self.forward(s)
        return -np.log(p[range(len(s)), expert]).mean()

    def gradients(self, s, expert):
        m = self.model
        n = len(s)
        d = self.forward(s).copy()
        d[range(n), expert] -= 1.0
        d = d/n
        d2 = d.dot(m['out'])*(1 - self.h2**2)
        d1 = d2.dot(m['fc2'])*(1 - self.h1**2)
        return {'out': d.T.dot(self.h2), 'out_b': d.sum(0), 'fc2': d2.T.dot(self.h1), 'fc2_b': d2.sum(0),
                'fc1': d1.T.dot(self.s), 'fc1_b': d1.sum(0)}

    def imitate(self, s, expert, lr=0.1):
        for name, g in self.gradients(s, expert).items():
            self.model[name] -= lr*g
        return self.imitation_loss(s, expert)
