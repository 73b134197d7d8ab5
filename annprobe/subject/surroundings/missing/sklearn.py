"""As much of scikit-learn and of Keras' data sets as feeds hand-written networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.subject.surroundings.missing.data import DataGuess

Make = Callable[[Any], Any]

# name of the loader -> (features, classes; 0: the target is a number)
_SETS = {
    "iris": (4, 3), "digits": (64, 10), "breast_cancer": (30, 2), "wine": (13, 3), "diabetes": (10, 0),
    "boston": (13, 0), "california_housing": (8, 0), "linnerud": (3, 0), "olivetti_faces": (4096, 40),
}  # fmt: skip


class Bunch(dict[str, Any]):
    """A dictionary whose entries are attributes too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def datasets(guess: DataGuess, make: Make, note: Callable[[str], None]) -> dict[str, Any]:
    """``sklearn.datasets``: data of the size and kind of the real ones, made up."""

    def loader(name: str, columns: int, classes: int) -> Callable[..., Any]:
        def load(*args: Any, return_X_y: bool = False, **kwargs: Any) -> Any:
            note(f"the data set {name} is not installed: made-up data of its size took its place")
            like = replace(guess, columns=columns, classes=max(classes, 2))
            x = like.features(bright=columns == 784) * (1.0 if columns == 784 else 8.0)
            y = like.numbers() if classes else x @ np.linspace(-1, 1, columns)
            if return_X_y:
                return make(x), make(y)
            names = [f"feature {i}" for i in range(columns)]
            kinds = [f"class {k}" for k in range(classes)]
            return Bunch(
                data=make(x), target=make(y), images=make(x), feature_names=names, target_names=kinds, DESCR=""
            )

        return load

    found = {f"{verb}_{n}": loader(n, c, k) for n, (c, k) in _SETS.items() for verb in ("load", "fetch")}
    found["fetch_openml"] = found["fetch_mldata"] = loader("mnist_784", 784, 10)
    return {**found, **_generated(make)}


def _generated(make: Make) -> dict[str, Any]:
    def shuffled(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
        order = rng.permutation(len(x))
        return make(x[order]), make(y[order])

    def blobs(n_samples: int = 100, n_features: int = 2, *, centers: Any = 3, cluster_std: float = 1.0,
              random_state: Any = 0, **kwargs: Any) -> Any:  # fmt: skip
        rng = np.random.RandomState(_seed(random_state))
        count = centers if isinstance(centers, int) else len(centers)
        middle = rng.uniform(-10, 10, (count, n_features)) if isinstance(centers, int) else np.asarray(centers)
        y = np.arange(n_samples) % count
        return shuffled(middle[y] + rng.normal(0, cluster_std, (n_samples, middle.shape[1])), y, rng)

    def ring(kind: str) -> Callable[..., Any]:
        def call(n_samples: int = 100, *args: Any, noise: float | None = None, factor: float = 0.8,
                 random_state: Any = 0, **kwargs: Any) -> Any:  # fmt: skip
            rng = np.random.RandomState(_seed(random_state))
            y = np.arange(n_samples) % 2
            turn = np.linspace(0, np.pi if kind == "moons" else 2 * np.pi, n_samples)
            first = np.column_stack([np.cos(turn), np.sin(turn)])
            second = np.array([1.0, 0.5]) - first if kind == "moons" else factor * first
            x = np.where(y[:, None] == 0, first, second) + rng.normal(0, noise or 0.0, (n_samples, 2))
            return shuffled(x, y, rng)

        return call

    def classification(n_samples: int = 100, n_features: int = 20, *, n_classes: int = 2, random_state: Any = 0,
                       **kwargs: Any) -> Any:  # fmt: skip
        return blobs(n_samples, n_features, centers=n_classes, cluster_std=4.0, random_state=random_state)

    def regression(n_samples: int = 100, n_features: int = 100, *, noise: float = 0.0, random_state: Any = 0,
                   **kwargs: Any) -> Any:  # fmt: skip
        rng = np.random.RandomState(_seed(random_state))
        x = rng.normal(size=(n_samples, n_features))
        return make(x), make(x @ rng.uniform(0, 100, n_features) + rng.normal(0, noise, n_samples))

    return {"make_blobs": blobs, "make_moons": ring("moons"), "make_circles": ring("circles"),
            "make_classification": classification, "make_gaussian_quantiles": classification,
            "make_regression": regression}  # fmt: skip


def _seed(random_state: Any) -> int:
    return random_state if isinstance(random_state, int) else 0


def train_test_split(*arrays: Any, test_size: Any = 0.25, random_state: Any = 0, **kwargs: Any) -> list[Any]:
    """Shuffled and split: first training, then test, for each array."""
    n = len(arrays[0])
    order = np.random.RandomState(_seed(random_state)).permutation(n)
    count = int(np.ceil(n * test_size)) if isinstance(test_size, float) else int(test_size)
    return [part for a in arrays for part in (_taken(a, order[count:]), _taken(a, order[:count]))]


def _taken(values: Any, order: Any) -> Any:
    return [values[i] for i in order] if isinstance(values, list) else values[order]


class Scaler:
    """Standardises columns, or maps them to [0, 1]."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._shift: Any = 0.0
        self._scale: Any = 1.0

    def fit(self, x: Any, *args: Any) -> Scaler:
        """Learn shift and scale of each column."""
        values = np.asarray(x, dtype=float)
        standard = self._kind == "standard"
        self._shift = values.mean(axis=0) if standard else values.min(axis=0)
        spread = values.std(axis=0) if standard else np.ptp(values, axis=0)
        self._scale = np.where(spread == 0, 1.0, spread)
        return self

    def transform(self, x: Any) -> Any:
        """Scaled values; recorded ones stay on the tape."""
        return (x - self._shift) / self._scale

    def inverse_transform(self, x: Any) -> Any:
        """Back to the original scale."""
        return x * self._scale + self._shift

    def fit_transform(self, x: Any, *args: Any) -> Any:
        """``fit``, then ``transform``."""
        return self.fit(x).transform(x)


class Encoder:
    """Class labels to one-hot rows (``onehot``) or to numbers 0 .. k - 1."""

    def __init__(self, make: Make, *, onehot: bool) -> None:
        self._make = make
        self._onehot = onehot
        self.classes_: Any = None

    def fit(self, y: Any, *args: Any) -> Encoder:
        """Learn the classes."""
        self.classes_ = np.unique(np.asarray(y))
        return self

    def transform(self, y: Any) -> Any:
        """The codes of labels."""
        position = np.searchsorted(self.classes_, np.asarray(y).ravel())
        return self._make(np.eye(len(self.classes_))[position] if self._onehot else position)

    def fit_transform(self, y: Any, *args: Any) -> Any:
        """``fit``, then ``transform``; an array may also be asked for with ``.toarray()``."""
        return _dense(self.fit(y).transform(y)) if self._onehot else self.fit(y).transform(y)


def _dense(array: Any) -> Any:
    """Lets ``.toarray()`` and ``.todense()`` of what was a sparse matrix give the array itself."""
    for name in ("toarray", "todense"):
        if not hasattr(array, name) and hasattr(array, "__dict__"):
            setattr(array, name, lambda: array)
    return array


def preprocessing(make: Make) -> dict[str, Any]:
    """``sklearn.preprocessing``."""
    return {
        "StandardScaler": lambda *a, **k: Scaler("standard"),
        "MinMaxScaler": lambda *a, **k: Scaler("unit"),
        "OneHotEncoder": lambda *a, **k: Encoder(make, onehot=True),
        "LabelBinarizer": lambda *a, **k: Encoder(make, onehot=True),
        "LabelEncoder": lambda *a, **k: Encoder(make, onehot=False),
        "scale": lambda x, *a, **k: Scaler("standard").fit_transform(x),
        "minmax_scale": lambda x, *a, **k: Scaler("unit").fit_transform(x),
        "normalize": lambda x, *a, **k: x / np.linalg.norm(np.asarray(x), axis=k.get("axis", 1), keepdims=True),
        "label_binarize": lambda y, *a, **k: Encoder(make, onehot=True).fit(y).transform(y),
    }


def metrics() -> dict[str, Any]:
    """``sklearn.metrics``, as far as they are one line."""

    def accuracy(y: Any, p: Any, **kwargs: Any) -> float:
        return float(np.mean(np.asarray(y) == np.asarray(p)))

    def squared(y: Any, p: Any, **kwargs: Any) -> float:
        return float(np.mean((np.asarray(y, float) - np.asarray(p, float)) ** 2))

    return {"accuracy_score": accuracy, "mean_squared_error": squared}


def keras(guess: DataGuess, make: Make, note: Callable[[str], None]) -> dict[str, Any]:
    """``keras.datasets.mnist.load_data`` and its like, and ``to_categorical``."""

    def load_data(*args: Any, **kwargs: Any) -> Any:
        note("the images of Keras are not installed: made-up ones took their place")
        like = replace(guess, columns=784, classes=10)

        def part(n: int) -> Any:
            return make(like.features(n, bright=True).reshape(n, 28, 28)), make(like.numbers(n))

        return part(like.rows), part(like.test_rows)

    def categorical(y: Any, num_classes: int | None = None, **kwargs: Any) -> Any:
        numbers = np.asarray(y, dtype=int)
        return make(np.eye(num_classes or int(numbers.max()) + 1)[numbers])

    return {"load_data": load_data, "to_categorical": categorical}
