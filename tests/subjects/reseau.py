# -*- coding: latin-1 -*-
# Réseau de neurones à une couche cachée - TP numéro 5
import numpy as np

np.random.seed(29)

def sigmoïde(x):
    return 1 / (1 + np.exp(-x))

class Réseau:
    def __init__(self, tailles):
        self.poids = [np.random.randn(s, e) / np.sqrt(e) for e, s in zip(tailles, tailles[1:])]
        self.biais = [np.zeros((s, 1)) for s in tailles[1:]]

    def propager(self, entrée):
        self.couches = [entrée]
        for p, b in zip(self.poids, self.biais):
            self.couches.append(sigmoïde(p @ self.couches[-1] + b))
        return self.couches[-1]

    def rétropropager(self, voulu):
        n = voulu.shape[1]
        delta = (self.couches[-1] - voulu) * self.couches[-1] * (1 - self.couches[-1])
        gradients = []
        for k in range(len(self.poids) - 1, -1, -1):
            gradients.append((delta @ self.couches[k].T / n, delta.mean(axis=1, keepdims=True)))
            delta = self.poids[k].T @ delta * self.couches[k] * (1 - self.couches[k])
        return gradients[::-1]

    def coût(self, entrée, voulu):
        return 0.5 * np.mean(np.sum((self.propager(entrée) - voulu) ** 2, axis=0))

    def apprendre(self, entrée, voulu, taux, itérations):
        for i in range(itérations):
            self.propager(entrée)
            for k, (gp, gb) in enumerate(self.rétropropager(voulu)):
                self.poids[k] -= taux * gp
                self.biais[k] -= taux * gb
            if i % 500 == 0:
                print("itération", i, "coût", self.coût(entrée, voulu))

if __name__ == "__main__":
    # fleurs : longueur et largeur des pétales, trois espèces
    espèce = np.repeat([0, 1, 2], 15)
    centre = np.array([[0.2, 0.1], [0.6, 0.5], [0.9, 0.9]])
    X = (centre[espèce] + np.random.randn(45, 2) * 0.05).T
    Y = np.eye(3)[espèce].T
    r = Réseau([2, 6, 3])
    r.apprendre(X, Y, 5.0, 2500)
    print("bonnes réponses :", np.mean(r.propager(X).argmax(axis=0) == espèce))
