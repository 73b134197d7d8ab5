"""What the names of functions and parameters suggest: hints that order the attempts, never proof.

Names are cut into words (``numInputs`` -> num, inputs) and compared by stem, in the languages that such modules are
written in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Stage = Literal["make", "forward", "cost", "backward", "update", "train", "other"]

# stage -> stems; the first that occurs anywhere in the name decides, in this order
_STAGES: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    ("other", ("check", "plot", "print", "show", "draw", "load", "read", "save", "accuracy", "normaliz", "one_hot",
               "onehot", "shuffle", "split", "numeric", "score", "precision", "confusion", "evaluat", "display",
               "test")),
    ("make", ("init", "create", "random", "make", "build", "setup", "reset", "inicializ", "new_", "generate", "start")),
    ("update", ("update", "upgrade", "optimi", "adjust", "apply_grad", "sgd_step", "step", "actuali", "atuali", "adam",
                "sgd", "modify")),
    ("train", ("train", "fit", "learn", "model", "descent", "entren", "treina", "apprend", "lern", "epoch", "decent",
               "minimi", "main", "solve")),
    ("backward", ("back", "bprop", "grad", "deriv", "delta", "bwd", "retro", "prime", "nabla", "dloss", "jacob")),
    ("cost", ("cost", "loss", "error", "mse", "entropy", "objective", "criterion", "fehler", "custo", "perdida",
              "sse")),
    ("forward", ("forward", "predict", "feed", "fprop", "propag", "think", "query", "activat", "compute", "infer",
                 "output", "run", "hypothes", "call", "fwd", "guess", "estim", "calc", "evalu", "scores", "net")),
)  # fmt: skip

Role = Literal[
    "sizes", "depth", "n_in", "n_hidden", "n_out", "rate", "epochs", "batch", "reg", "momentum", "keep", "seed", "rng",
    "slope", "loss_slope",
    "activation", "loss", "flag", "pairs", "X", "Y", "params", "grads", "cache", "output", "theta",
]  # fmt: skip

# words (whole, lower case) of parameters that make a network
_MAKING: tuple[tuple[Role, str], ...] = (
    ("rng", "rng randomstate generator rnd rand"),
    ("seed", "seed state"),
    ("rate", "lr eta alpha rate learningrate step stepsize lrate taxa tasa"),
    ("epochs", "epoch epochs iter iters iterations iteration niter steps rounds passes epocas maxiter"),
    ("batch", "batch batchsize minibatch bs"),
    ("momentum", "momentum beta mu rho beta1 beta2"),
    ("keep", "dropout keep keepprob"),
    ("reg", "reg lambda lam lmbda lambd lamda lammbda lamb decay l1 l2 regularization penalty reglambda"),
    ("activation", "act activation activations nonlin nonlinearity transfer func function functions actfunc"),
    ("loss", "loss cost objective criterion"),
    ("flag", "verbose plot show debug print display bias usebias"),
    ("n_hidden", "hidden hid nh h hnodes hiddennodes hiddensize hiddendim hdim oculta oculto escondida "
                 "escondido hiddens nhidden mid middle"),
    ("n_out", "out output outputs classes class ny onodes outputnodes labels outputsize outputdim dout odim c k salida "
              "saida nout no nclasses m cls l3"),
    ("n_in", "in input inputs inp features feature nx nin inodes inputnodes inputsize inputdim din idim d entrada "
             "entradas visible ni dim n l1"),
    ("sizes", "sizes layers dims shape shapes arch architecture topology structure nodes units neurons layersizes "
              "layerdims dimensions size widths camadas capas schichten layerssizes layer struct nn net neurones"),
    ("depth", "depth nlayers numlayers l"),
    ("pairs", "pairs dataset"),
    ("X", "x xs data samples xtrain train features a0 matrix"),
    ("Y", "y ys target targets t label expected ytrain"),
)  # fmt: skip
# words of parameters of everything else
_USING: tuple[tuple[Role, str], ...] = (
    ("rng", "rng randomstate generator rnd"),
    ("seed", "seed"),
    ("rate", "lr eta alpha rate learningrate stepsize step lrate taxa tasa epsilon"),
    ("epochs", "epoch epochs iter iters iterations iteration niter steps rounds passes epocas maxiter times n itr itrs "
               "numiterations numepochs"),
    ("momentum", "momentum beta mu rho beta1 beta2"),
    ("keep", "dropout keep keepprob"),
    ("reg", "reg lambda lam lmbda lambd lamda lammbda lamb decay l1 l2 regularization penalty"),
    ("flag", "verbose plot show debug print display training deriv derivative return"),
    ("activation", "act activation nonlin func"),
    ("loss", "criterion lossfunc"),
    ("theta", "theta thetas nnparams"),
    ("grads", "grad grads gradient gradients nabla dw db dweights dbiases dy dout dz da delta deltas upstream "
              "outputgradient gradoutput err error dl dloss"),
    ("cache", "cache caches memory activations acts outs hs zs state linearcache activationcache intermediate"),
    ("output", "al yhat ypred pred prediction predictions predicted out output probs probabilities scores logits "
               "hyp guess a2 a3 o h actual"),
    ("Y", "y ys target targets t label labels expected desired answer answers truth true goal d ytrain vout want "
          "correct results classes expectedoutput ytrue salida deseada deseado desejada desejado esperada "
          "esperado objetivo alvo teacher real tt yt ylabels desiredoutput tgt ytr "
          "gold ref"),
    ("pairs", "trainingdata traindata data dataset minibatch pairs train rows samples examples training trainset "
              "trainingset batch"),
    ("X", "x xs input inputs inp features feature sample example image images a0 patterns pattern entrada entradas vin "
          "cases case xtrain inputdata vector row matrix xi xt xin point aprev in ins records xtr a"),
    ("params", "stack layers params parameters weights model w theta net network nn parametros pesos param wb weight"),
    ("sizes", "sizes layers dims layersdims layerdims architecture arch shape structure layersizes"),
    ("n_in", "nx visible visiblesize inputsize inputlayersize ninput ninputs numinputs nfeatures numfeatures"),
    ("n_hidden", "nh hiddensize hiddenlayersize nhidden hidden numhidden"),
    ("n_out", "ny outputsize numlabels nclasses nlabels nout numclasses noutput noutputs numoutputs nclass k"),
    ("batch", "batchsize bs minibatchsize size"),
)  # fmt: skip

_PARTS = {"train", "training", "test", "val", "valid", "validation", "batch", "mini", "tr", "te"}
_LETTERS: tuple[tuple[str, Role], ...] = (("x", "X"), ("y", "Y"))


def words(name: str) -> list[str]:
    """``numInputNodes2`` -> ``["num", "input", "nodes", "2"]``; all lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def stage_of(name: str) -> Stage:
    """What a function of that name probably does."""
    low = name.lower()
    if low.strip("_") in {"net", "nn", "mlp", "network"}:
        return "forward"
    if "forward" in low:
        return "forward"
    if "backward" in low or "backprop" in low or re.match(r"b_?prop", low):
        return "backward"
    for stage, stems in _STAGES:
        if any(stem in low for stem in stems):
            return stage
    return "other"


def roles_of(name: str, *, making: bool) -> list[Role]:
    """What a parameter of that name may be, most likely first. ``making``: of a constructor or initialiser."""
    return list(_roles_of(name, making))


@lru_cache(maxsize=2_000)
def _roles_of(name: str, making: bool) -> tuple[Role, ...]:
    parts = words(name)
    if any(s in name.lower() for s in ("prime", "deriv")) and name.lower() not in ("deriv", "derivative"):
        of_loss = stage_of(name) == "cost" or "loss" in name.lower()
        return ("loss_slope", "slope") if of_loss else ("slope", "loss_slope")
    whole = "".join(parts)
    forms = {whole, whole.rstrip("0123456789"), _singular(whole)}
    table = [(role, set(text.split())) for role, text in (_MAKING if making else _USING)]
    exact = [role for role, known in table if forms & known]
    long = {form for part in parts if len(part) > 1 for form in (part, _singular(part))}
    loose = [role for role, known in table if long & known]
    if making and len(parts) > 1 and {"hidden", "input", "output", "in", "out"} & set(parts):
        loose = [r for r in loose if r in ("n_in", "n_hidden", "n_out")] + loose
    if not making and "size" in parts:
        loose = [r for r in loose if r in ("batch", "n_in", "n_hidden", "n_out")]
    if not (exact or loose or making):  # X_ones, y_batch
        loose = [role for letter, role in _LETTERS if letter in parts]
    return tuple(dict.fromkeys([*_of_a_part(parts, making), *exact, *loose]))


def _of_a_part(parts: list[str], making: bool) -> list[Role]:
    """Inputs or targets of a part of the data: ``train_X``, ``t_train``, ``batch_y``."""
    rest = [part for part in parts if part not in _PARTS]
    if making or not rest or len(rest) == len(parts):
        return []
    if rest in (["output"], ["outputs"]):
        return ["Y"]
    return [role for role in _roles_of("_".join(rest), making)[:1] if role in ("X", "Y")]


def _singular(word: str) -> str:
    """``entradas`` -> ``entrada``: the plurals of Spanish and Portuguese."""
    return word[:-1] if len(word) > 4 and word.endswith(("as", "os")) else word


def is_slope(name: str) -> bool:
    """Whether the name speaks of a derivative (``sigmoid_prime``, ``dtanh``, ``mse_grad``)."""
    low = name.lower()
    return any(s in low for s in ("prime", "deriv", "grad", "slope", "delta", "backward")) or (
        low.startswith("d") and len(low) > 3 and stage_of(low[1:].strip("_")) == "other" and low[1] in "_strel"
    )


def is_many(name: str) -> bool:
    """Whether the name is a plural or speaks of a list (``hidden_layers``, ``hidden_sizes``)."""
    return bool({"layers", "sizes", "dims", "nodes", "units", "list", "shape", "widths"} & set(words(name)))
