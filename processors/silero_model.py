"""Silero's network for many windows at once: its own weights, in a graph of matrix products.

The model as it comes with pipecat-ai is made for one window at a time and for two rates: it branches on the rate, and
runs small convolutions over four frames a window. Here each rate has a graph of its own, in which a layer is one
product over all windows. Over batches of 8 to 32 that takes a quarter of the CPU, over single windows half. What the
two say of a window differs by less than 1e-6, their memories by less than 1e-5: they add in another order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from vantum.core.errors import ModelError

Floats = NDArray[np.float32]

WINDOW = {8_000: 256, 16_000: 512}
CONTEXT = {8_000: 32, 16_000: 64}
"""Samples before a window that the network sees with it."""
FRAMES = 4
"""Of each window: an eighth and a quarter of a window long, half of one over the other."""
STATE_SIZE = 256
"""What is remembered of a call from window to window: an LSTM's output, and its cell."""

OPSET, IR_VERSION = 18, 9
KNOWN_WITH = "1.14"
BRANCHES = {8_000: "else_branch", 16_000: "then_branch"}
STRIDES = (1, 2, 2, 1)
TAPS = 3
BASIS = "stft.forward_basis_buffer"
RECURRENT = "decoder.rnn."
OUT = "decoder.decoder.2."


@cache
def session(rate: int) -> onnxruntime.InferenceSession:
    """The network for windows of ``rate``: ``frames`` and ``state`` in, ``probability`` and ``after`` out.

    ``frames`` as ``framed`` makes them, ``state`` and ``after`` (windows, STATE_SIZE), ``probability`` (windows, 1).
    Single-threaded, since batches are small. Raises ModelError for a model that is built otherwise.
    """
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return onnxruntime.InferenceSession(
        _graph(weights(rate)), sess_options=options, providers=["CPUExecutionProvider"]
    )


def framed(contexts: Floats, windows: Floats) -> Floats:
    """The frames of windows (windows, samples) behind their contexts: (windows, FRAMES, samples of a frame).

    The end is mirrored, by half of a frame's half.
    """
    hop = windows.shape[1] // FRAMES
    end = windows[:, -2 : -2 - hop // 2 : -1]
    halves = np.concatenate((contexts, windows, end), axis=1).reshape(len(windows), FRAMES + 1, hop)
    return np.concatenate((halves[:, :-1], halves[:, 1:]), axis=2)


def weights(rate: int) -> dict[str, Floats]:
    """The model's weights for ``rate``, by the names of their layers."""
    model = onnx.load_model_from_string(silero())
    found = {}
    for node in _branch(model, BRANCHES[rate]):
        if node.op_type == "Constant":
            _, _, name = node.output[0].rpartition("__")
            found[name] = np.asarray(numpy_helper.to_array(node.attribute[0].t))
    missing = [name for name in _names() if name not in found]
    if missing:
        raise ModelError(
            f"The Silero of pipecat-ai has no {missing[0]}.", f"Install pipecat-ai {KNOWN_WITH}."
        )
    return {name: found[name] for name in _names()}


def silero() -> bytes:
    """The model as it comes."""
    return files("pipecat.audio.vad.data").joinpath("silero_vad.onnx").read_bytes()


def _branch(model: ModelProto, name: str) -> list[NodeProto]:
    branches = [part for node in model.graph.node for part in node.attribute if part.name == name]
    return list(branches[0].g.node) if branches else []


def _names() -> list[str]:
    """All weights that the network has."""
    convolutions = [f"encoder.{layer}.reparam_conv." for layer in range(len(STRIDES))]
    recurrent = [f"{RECURRENT}{kind}_{side}" for kind in ("weight", "bias") for side in ("ih", "hh")]
    return [
        BASIS,
        *(layer + kind for layer in (*convolutions, OUT) for kind in ("weight", "bias")),
        *recurrent,
    ]


@dataclass(slots=True)
class _Nodes:
    """A graph being put together: each step is named after what comes out of it."""

    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def add(self, kind: str, taken: list[str], *given: str, **attributes: int) -> str:
        """One step; returns the name of the first thing that it gives."""
        self.nodes.append(helper.make_node(kind, taken, list(given), **attributes))
        return given[0]

    def keep(self, name: str, values: Floats | list[int]) -> str:
        """A constant; whole numbers are int64."""
        array = np.array(values, np.int64) if isinstance(values, list) else np.ascontiguousarray(values)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def layer(self, name: str, taken: str, weight: Floats, bias: Floats) -> str:
        """``taken`` (rows, in) times ``weight`` (in, out), plus ``bias``."""
        kept = [self.keep(f"{name}.weight", weight), self.keep(f"{name}.bias", bias)]
        return self.add("Gemm", [taken, *kept], name)


def _graph(named: dict[str, Floats]) -> bytes:
    """The network: spectrum, four convolutions, an LSTM cell, and a probability."""
    graph = _Nodes()
    size = named[BASIS].shape[-1]
    heard = _encoder(graph, named, _magnitudes(graph, named[BASIS][:, 0].T))
    spoken = _cell(graph, named, heard)
    weight = named[f"{OUT}weight"][:, :, 0].T
    graph.add("Relu", [spoken], "spoken.relu")
    graph.add("Sigmoid", [graph.layer("out", "spoken.relu", weight, named[f"{OUT}bias"])], "probability")
    told = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["windows", *shape])
        for name, shape in (
            ("frames", (FRAMES, size)),
            ("state", (STATE_SIZE,)),
            ("probability", (1,)),
            ("after", (STATE_SIZE,)),
        )
    ]
    made = helper.make_graph(graph.nodes, "silero", told[:2], told[2:], graph.constants)
    opsets = [helper.make_opsetid("", OPSET)]
    serialized: bytes = helper.make_model(
        made, opset_imports=opsets, ir_version=IR_VERSION
    ).SerializeToString()
    return serialized


def _magnitudes(graph: _Nodes, basis: Floats) -> str:
    """Of each frame, how much there is of each frequency."""
    graph.add("MatMul", ["frames", graph.keep("basis", basis)], "spectrum")
    graph.add("Split", ["spectrum"], "cosines", "sines", axis=2, num_outputs=2)
    squares = [graph.add("Mul", [part, part], f"{part}.squared") for part in ("cosines", "sines")]
    return graph.add("Sqrt", [graph.add("Add", squares, "power")], "magnitudes")


def _encoder(graph: _Nodes, named: dict[str, Floats], magnitudes: str) -> str:
    """The convolutions: four frames become two, then one."""
    layers = [
        (named[f"encoder.{layer}.reparam_conv.weight"], named[f"encoder.{layer}.reparam_conv.bias"])
        for layer in range(len(STRIDES))
    ]
    taken, frames = _first_convolution(graph, *layers[0], magnitudes), FRAMES
    for layer, stride in enumerate(STRIDES[1:], start=1):
        weight, bias = layers[layer]
        dense = _over_frames(weight, frames, stride)
        frames = dense.shape[1] // len(bias)
        product = graph.layer(f"encoder.{layer}", taken, dense, np.tile(bias, frames))
        taken = graph.add("Relu", [product], f"encoder.{layer}.relu")
    return taken


def _first_convolution(graph: _Nodes, weight: Floats, bias: Floats, magnitudes: str) -> str:
    """Each frame beside its two neighbours, times the weights: it is most of the work, and has no zeros this way."""
    graph.add("Pad", [magnitudes, graph.keep("padding", [0, 1, 0, 0, 1, 0])], "padded")
    graph.keep("frames.axis", [1])
    taps = [
        graph.add(
            "Slice",
            [
                "padded",
                graph.keep(f"from.{tap}", [tap]),
                graph.keep(f"to.{tap}", [tap + FRAMES]),
                "frames.axis",
            ],
            f"tap.{tap}",
        )
        for tap in range(TAPS)
    ]
    graph.add("Concat", taps, "neighbours", axis=2)
    outputs, inputs, _ = weight.shape
    graph.add("Reshape", ["neighbours", graph.keep("rows", [-1, TAPS * inputs])], "neighbours.rows")
    unfolded = weight.transpose(2, 1, 0).reshape(TAPS * inputs, outputs)
    graph.add("Relu", [graph.layer("encoder.0", "neighbours.rows", unfolded, bias)], "encoder.0.relu")
    return graph.add(
        "Reshape", ["encoder.0.relu", graph.keep("windows", [-1, FRAMES * outputs])], "encoder.0.windows"
    )


def _over_frames(weight: Floats, frames: int, stride: int) -> Floats:
    """A convolution (out, in, TAPS), padded by one, as one matrix over all ``frames`` of a window."""
    outputs, inputs, _ = weight.shape
    after = (frames - 1) // stride + 1
    dense = np.zeros((frames, inputs, after, outputs), np.float32)
    for step in range(after):
        for tap in range(TAPS):
            frame = step * stride + tap - 1
            if 0 <= frame < frames:
                dense[frame, :, step] = weight[:, :, tap].T
    return dense.reshape(frames * inputs, after * outputs)


def _cell(graph: _Nodes, named: dict[str, Floats], heard: str) -> str:
    """An LSTM cell: its gates in one product, those with a sigmoid beside each other. Gives ``after``, too."""
    graph.add("Split", ["state"], "said", "cell", axis=1, num_outputs=2)
    graph.add("Concat", [heard, "said"], "heard", axis=1)
    weight = np.concatenate([named[f"{RECURRENT}weight_{side}"] for side in ("ih", "hh")], axis=1).T
    bias = named[f"{RECURRENT}bias_ih"] + named[f"{RECURRENT}bias_hh"]
    size = STATE_SIZE // 2
    take, forget, candidate, give = (np.arange(size) + gate * size for gate in range(4))
    order = np.concatenate((take, forget, give, candidate))
    graph.layer("gates", "heard", weight[:, order], bias[order])
    graph.add("Split", ["gates", graph.keep("gates.sizes", [3 * size, size])], "open", "new", axis=1)
    graph.add(
        "Split", [graph.add("Sigmoid", ["open"], "opened")], "take", "forget", "give", axis=1, num_outputs=3
    )
    kept = graph.add("Mul", ["forget", "cell"], "kept")
    taken = graph.add("Mul", ["take", graph.add("Tanh", ["new"], "candidate")], "taken")
    graph.add("Add", [kept, taken], "cell.after")
    spoken = graph.add("Mul", ["give", graph.add("Tanh", ["cell.after"], "cell.tanh")], "said.after")
    graph.add("Concat", [spoken, "cell.after"], "after", axis=1)
    return spoken
