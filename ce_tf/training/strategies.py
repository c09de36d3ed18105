"""Where a run trains: one device, all of a machine's, or those of several machines."""

import json
import os
from pathlib import Path

import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.training.config import TrainConfig

_TF_CONFIG = (
    'TF_CONFIG must be like {"cluster": {"worker": ["10.0.0.1:2222", '
    '"10.0.0.2:2222"]}, "task": {"type": "worker", "index": 0}}, the index another on '
    "each machine"
)


def make_strategy(config: TrainConfig) -> tf.distribute.Strategy:
    """The strategy that `config.strategy` names; the first thing that uses TensorFlow.

    Raises:
        InputError: TF_CONFIG is missing or wrong, `--xla` is asked where it does not
            work, or the batch cannot be shared evenly.
    """
    gpus = len(tf.config.list_physical_devices("GPU"))
    if config.xla and not (gpus and config.strategy == "one_device"):
        raise InputError(
            "--xla compiles for one GPU: it needs --strategy=one_device and a GPU. It "
            "fails on several devices, and on a CPU it is slower than without."
        )
    if config.strategy == "one_device":
        strategy = tf.distribute.OneDeviceStrategy("/gpu:0" if gpus else "/cpu:0")
    elif config.strategy == "multi_worker":
        _check_cluster()
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    else:
        strategy = tf.distribute.MirroredStrategy()
    replicas = strategy.num_replicas_in_sync
    if config.batch_size % replicas:
        raise InputError(
            f"--batch_size={config.batch_size} cannot be shared evenly by {replicas} "
            f"devices; {config.batch_size // replicas * replicas or replicas} can."
        )
    warning = _slow_precision(config.precision, gpus)
    if warning:
        print(f"warning: {warning}")
    return strategy


def is_first_worker(strategy: str) -> bool:
    """Whether this process keeps the run folder; of one process, that one does.

    Args:
        strategy: as `config.strategy` names it.
    """
    if strategy != "multi_worker":
        return True
    return json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 0


def require_same_step(
    strategy: tf.distribute.Strategy, step: int, workdir: str
) -> None:
    """Makes sure that several machines have found the same checkpoint.

    Raises:
        InputError: they are at other steps, so `workdir` is not the same folder.
    """

    @tf.function
    def mean_step() -> tf.Tensor:
        steps = strategy.run(lambda: tf.constant(float(step)))
        return strategy.reduce("MEAN", steps, axis=None)

    if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy) and (
        float(mean_step()) != step
    ):
        raise InputError(
            f"this worker found step {step} in --workdir={workdir}, others "
            "another one. All workers need the same folder, on a shared disk."
        )


def describe(strategy: tf.distribute.Strategy) -> str:
    """What the strategy trains on, in words."""
    gpus = len(tf.config.list_logical_devices("GPU"))
    resolver = strategy.cluster_resolver
    if resolver is not None and resolver.task_type is not None:
        workers = resolver.cluster_spec().num_tasks(resolver.task_type)
        return f"{workers} workers, {strategy.num_replicas_in_sync} devices"
    return f"{strategy.num_replicas_in_sync} GPU(s)" if gpus else "the CPU"


def _check_cluster() -> None:
    text = os.environ.get("TF_CONFIG")
    if not text:
        raise InputError(
            f"--strategy=multi_worker needs the variable TF_CONFIG. {_TF_CONFIG}."
        )
    try:
        fields = json.loads(text)
        workers, task = fields["cluster"]["worker"], fields["task"]
        index = task["index"]
        if task["type"] != "worker":
            raise InputError(
                f"TF_CONFIG gives this process the task {task['type']!r}; every "
                "process is a worker, and worker 0 keeps the run folder. "
                f"{_TF_CONFIG}."
            )
        if not 0 <= index < len(workers):
            raise InputError(
                f"TF_CONFIG names {len(workers)} workers, so the index {index} is none "
                f"of them. {_TF_CONFIG}."
            )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"TF_CONFIG cannot be understood ({type(error).__name__}: {error}). "
            f"{_TF_CONFIG}."
        ) from None


def _slow_precision(precision: str, gpus: int) -> str:
    if gpus or precision == "float32":
        return ""
    if precision == "float16":
        return "--precision=float16 is about three times slower on a CPU than float32."
    native = ("avx512_bf16", "amx_bf16", "bf16")
    flags = Path("/proc/cpuinfo")
    if flags.exists() and not any(name in flags.read_text() for name in native):
        return "--precision=bfloat16 is far slower on this CPU, which has no such unit."
    return ""
