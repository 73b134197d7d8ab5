from numpy import exp, array, random, dot

class XorNet():
    def __init__(self):
        random.seed(1)
        # 3 inputs (the last one is always 1), 4 hidden neurons, 1 output
        self.w_in = 2 * random.random((3, 4)) - 1
        self.w_out = 2 * random.random((4, 1)) - 1

    def sigmoid(self, x):
        return 1 / (1 + exp(-x))

    # gradient of the sigmoid curve
    def sigmoid_gradient(self, x):
        return x * (1 - x)

    def think(self, inputs):
        hidden = self.sigmoid(dot(inputs, self.w_in))
        return hidden, self.sigmoid(dot(hidden, self.w_out))

    def train(self, inputs, outputs, times):
        for i in range(times):
            hidden, result = self.think(inputs)
            # how much did we miss?
            miss = outputs - result
            result_change = miss * self.sigmoid_gradient(result)
            hidden_change = dot(result_change, self.w_out.T) * self.sigmoid_gradient(hidden)
            # adjust
            self.w_out += dot(hidden.T, result_change)
            self.w_in += dot(inputs.T, hidden_change)


if __name__ == "__main__":
    brain = XorNet()
    print("Weights before training:")
    print(brain.w_in, brain.w_out)
    questions = array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    answers = array([[0, 1, 1, 0]]).T
    brain.train(questions, answers, 5000)
    print("Weights after training:")
    print(brain.w_in, brain.w_out)
    print("[0, 1] ->", brain.think(array([[0, 1, 1]]))[1])
