# -*- coding: utf-8 -*-
# Red neuronal desde cero, práctica 3
import numpy as np


class RedNeuronal:

    def __init__(self, capas, tasa=0.8, semilla=1):
        gen = np.random.RandomState(semilla)
        self.capas = capas
        self.tasa = tasa
        self.pesos = []
        self.sesgos = []
        for i in range(len(capas) - 1):
            self.pesos.append(gen.uniform(-1, 1, (capas[i], capas[i + 1])))
            self.sesgos.append(gen.uniform(-1, 1, (1, capas[i + 1])))

    def activacion(self, x):
        return 1 / (1 + np.exp(-x))

    def derivada(self, salida):
        return salida * (1 - salida)

    def propagar(self, X):
        self.salidas = [X]
        for W, b in zip(self.pesos, self.sesgos):
            self.salidas.append(self.activacion(self.salidas[-1] @ W + b))
        return self.salidas[-1]

    def retropropagar(self, X, Y):
        salida = self.propagar(X)
        delta = (salida - Y) * self.derivada(salida)
        for i in reversed(range(len(self.pesos))):
            grad_W = self.salidas[i].T @ delta
            grad_b = delta.sum(axis=0, keepdims=True)
            delta = (delta @ self.pesos[i].T) * self.derivada(self.salidas[i])
            self.pesos[i] -= self.tasa * grad_W
            self.sesgos[i] -= self.tasa * grad_b

    def error(self, X, Y):
        return 0.5 * np.sum((self.propagar(X) - Y) ** 2)

    def entrenar(self, X, Y, epocas):
        historial = []
        for epoca in range(epocas):
            self.retropropagar(X, Y)
            e = self.error(X, Y)
            historial.append(e)
            if epoca % 500 == 0:
                print(f"época {epoca}: error = {e:.5f}")
        return historial


if __name__ == "__main__":
    entradas = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    esperado = np.array([[0], [1], [1], [0]])
    red = RedNeuronal([2, 3, 1])
    red.entrenar(entradas, esperado, 3000)
    print("Resultados:")
    for x, s in zip(entradas, red.propagar(entradas)):
        print(x, "->", s)
