import random
import math


class Matrix:
    """port of the little matrix library from the sketchbook"""

    def __init__(self, rows, cols):
        self.rows = rows
        self.cols = cols
        self.data = [[0.0] * cols for _ in range(rows)]

    @staticmethod
    def fromArray(arr):
        return Matrix(len(arr), 1).map(lambda x, i, j: float(arr[i]))

    def toArray(self):
        return [self.data[i][j] for i in range(self.rows) for j in range(self.cols)]

    def randomize(self):
        return self.map(lambda x, i, j: random.random() * 2 - 1)

    def map(self, func):
        for i in range(self.rows):
            for j in range(self.cols):
                self.data[i][j] = func(self.data[i][j], i, j)
        return self

    def add(self, n):
        return self.map(lambda x, i, j: x + n.data[i][j])

    def scale(self, n):
        if isinstance(n, Matrix):
            return self.map(lambda x, i, j: x * n.data[i][j])
        return self.map(lambda x, i, j: x * n)

    @staticmethod
    def subtract(a, b):
        return Matrix(a.rows, a.cols).map(lambda _, i, j: a.data[i][j] - b.data[i][j])

    @staticmethod
    def transpose(a):
        return Matrix(a.cols, a.rows).map(lambda _, i, j: a.data[j][i])

    @staticmethod
    def multiply(a, b):
        if a.cols != b.rows:
            raise ValueError("columns of A must match rows of B")
        return Matrix(a.rows, b.cols).map(lambda _, i, j: sum(a.data[i][k] * b.data[k][j] for k in range(a.cols)))

    @staticmethod
    def apply(a, func):
        return Matrix(a.rows, a.cols).map(lambda _, i, j: func(a.data[i][j]))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


class NeuralNetwork:
    def __init__(self, numInputs, numHidden, numOutputs, learningRate=0.1):
        self.weightsIH = Matrix(numHidden, numInputs).randomize()
        self.weightsHO = Matrix(numOutputs, numHidden).randomize()
        self.biasH = Matrix(numHidden, 1).randomize()
        self.biasO = Matrix(numOutputs, 1).randomize()
        self.learningRate = learningRate

    def layer(self, weights, bias, values):
        return Matrix.multiply(weights, values).add(bias).map(lambda x, i, j: sigmoid(x))

    def predict(self, inputArray):
        hidden = self.layer(self.weightsIH, self.biasH, Matrix.fromArray(inputArray))
        return self.layer(self.weightsHO, self.biasO, hidden).toArray()

    def train(self, inputArray, targetArray):
        inputs = Matrix.fromArray(inputArray)
        hidden = self.layer(self.weightsIH, self.biasH, inputs)
        outputs = self.layer(self.weightsHO, self.biasO, hidden)

        error = Matrix.subtract(Matrix.fromArray(targetArray), outputs)
        deltaO = Matrix.apply(outputs, lambda y: y * (1 - y)).scale(error)
        deltaH = Matrix.apply(hidden, lambda y: y * (1 - y))
        deltaH.scale(Matrix.multiply(Matrix.transpose(self.weightsHO), deltaO))

        deltaO.scale(self.learningRate)
        deltaH.scale(self.learningRate)
        self.weightsHO.add(Matrix.multiply(deltaO, Matrix.transpose(hidden)))
        self.biasO.add(deltaO)
        self.weightsIH.add(Matrix.multiply(deltaH, Matrix.transpose(inputs)))
        self.biasH.add(deltaH)
