import numpy as np

words = ["free", "money", "meeting", "lunch", "winner"]
mails = np.array([
    [1, 1, 0, 0, 1],
    [0, 0, 1, 1, 0],
    [1, 0, 0, 0, 1],
    [0, 0, 1, 0, 0],
    [0, 1, 0, 0, 1],
    [1, 0, 0, 1, 0],
])
spam = np.array([1, 0, 1, 0, 1, 0])


def classify(theta, theta0, mail):
    return np.heaviside(mail.dot(theta) + theta0, 0.0)


theta = np.zeros(len(words))
theta0 = 0.0
for epoch in range(15):
    wrong = 0
    for mail, label in zip(mails, spam):
        guess = classify(theta, theta0, mail)
        error = guess - label
        wrong += error != 0
        theta += 0.5 * error * mail
        theta0 += 0.5 * error
    print(epoch, wrong)
