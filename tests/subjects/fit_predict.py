import numpy as np


class ShallowClassifier:
    """scikit-learn like: fit, predict, predict_proba, score."""

    def __init__(self, hidden_layer_size=10, alpha=1e-3, learning_rate=0.5, max_iter=300, random_state=None):
        self.hidden_layer_size = hidden_layer_size
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.random_state = random_state

    def _init_coefs(self, n_features, n_classes):
        rng = np.random.RandomState(self.random_state)
        limit_1 = np.sqrt(6.0 / (n_features + self.hidden_layer_size))
        limit_2 = np.sqrt(6.0 / (self.hidden_layer_size + n_classes))
        self.coefs_ = [rng.uniform(-limit_1, limit_1, (n_features, self.hidden_layer_size)),
                       rng.uniform(-limit_2, limit_2, (self.hidden_layer_size, n_classes))]
        self.intercepts_ = [np.zeros(self.hidden_layer_size), np.zeros(n_classes)]

    def _activate(self, X):
        hidden = 1.0 / (1.0 + np.exp(-(X @ self.coefs_[0] + self.intercepts_[0])))
        scores = hidden @ self.coefs_[1] + self.intercepts_[1]
        scores -= scores.max(axis=1, keepdims=True)
        proba = np.exp(scores)
        proba /= proba.sum(axis=1, keepdims=True)
        return hidden, proba

    def _loss(self, X, onehot):
        _, proba = self._activate(X)
        penalty = sum((c ** 2).sum() for c in self.coefs_)
        return -(onehot * np.log(proba)).sum() / len(X) + 0.5 * self.alpha * penalty / len(X)

    def _gradient(self, X, onehot):
        hidden, proba = self._activate(X)
        d_out = (proba - onehot) / len(X)
        d_hid = d_out @ self.coefs_[1].T * hidden * (1 - hidden)
        coef_grads = [X.T @ d_hid + self.alpha * self.coefs_[0] / len(X),
                      hidden.T @ d_out + self.alpha * self.coefs_[1] / len(X)]
        return coef_grads, [d_hid.sum(axis=0), d_out.sum(axis=0)]

    def fit(self, X, y):
        self.classes_, index = np.unique(y, return_inverse=True)
        onehot = np.eye(len(self.classes_))[index]
        self._init_coefs(X.shape[1], len(self.classes_))
        self.loss_curve_ = []
        for _ in range(self.max_iter):
            coef_grads, intercept_grads = self._gradient(X, onehot)
            for i in range(2):
                self.coefs_[i] -= self.learning_rate * coef_grads[i]
                self.intercepts_[i] -= self.learning_rate * intercept_grads[i]
            self.loss_curve_.append(self._loss(X, onehot))
        return self

    def predict_proba(self, X):
        return self._activate(X)[1]

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X, y):
        return np.mean(self.predict(X) == y)
