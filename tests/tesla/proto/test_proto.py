"""The generated messages: current, complete, and of no other integration's names."""

from pathlib import Path
import subprocess
import sys

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
import pytest

from custom_components.tesla_direct.tesla.proto import (
    car_server_pb2,
    common_pb2,
    errors_pb2,
    keys_pb2,
    managed_charging_pb2,
    signatures_pb2,
    universal_message_pb2,
    vcsec_pb2,
    vehicle_alert_pb2,
    vehicle_connectivity_pb2,
    vehicle_data_pb2,
    vehicle_error_pb2,
    vehicle_metric_pb2,
    vehicle_pb2,
)

ROOT = Path(__file__).parents[3]
FOLDER = Path("tesla_direct/tesla/proto")
# By the name of the file, those that others import first.
FILES: dict[str, FileDescriptor] = {
    Path(module.DESCRIPTOR.name).stem: module.DESCRIPTOR
    for module in (
        signatures_pb2,
        universal_message_pb2,
        keys_pb2,
        errors_pb2,
        vcsec_pb2,
        common_pb2,
        managed_charging_pb2,
        vehicle_pb2,
        car_server_pb2,
        vehicle_alert_pb2,
        vehicle_connectivity_pb2,
        vehicle_data_pb2,
        vehicle_error_pb2,
        vehicle_metric_pb2,
    )
}
# Client version 1.3.0 knows ten fields more than the public schema.
NEWER_FIELDS = 10
# Actions that were seen elsewhere, with the message of each, one that is part of one, and one enum of 4.
UNPUBLISHED = (21, 22, 24, 45, 47, 53, 58, 64, 70, 71, 90)


def test_the_generated_code_is_what_would_be_generated_now(tmp_path: Path) -> None:
    script = ROOT / "script" / "protos"
    subprocess.run([script, tmp_path], check=True, capture_output=True, timeout=120)  # noqa: S603  # our own

    generated = {file.name: file.read_text() for file in (tmp_path / FOLDER).iterdir()}
    committed = {
        file.name: file.read_text() for file in (ROOT / "custom_components" / FOLDER).glob("*_pb2.py*")
    }
    assert generated == committed
    assert len(committed) == 2 * len(FILES)


@pytest.mark.parametrize(
    ("name", "package", "messages", "enums", "members"),
    [
        ("vehicle_data", "telemetry.vehicle_data", 7, 43, 504 + NEWER_FIELDS),
        ("vehicle_alert", "telemetry.vehicle_alerts", 2, 1, 4),
        ("vehicle_error", "telemetry.vehicle_error", 2, 0, 0),
        ("vehicle_connectivity", "telemetry.vehicle_connectivity", 1, 1, 3),
        ("vehicle_metric", "telemetry.vehicle_metrics", 2, 0, 0),
        ("universal_message", "UniversalMessage", 4, 4, 37),
        ("signatures", "Signatures", 8, 3, 18),
        ("keys", "Keys", 0, 1, 8),
        ("errors", "Errors", 1, 1, 8),
        ("vcsec", "VCSEC", 20, 12, 89),
        ("car_server", "CarServer", 89, 2, 6),
        ("common", "CarServer", 7, 3, 8),
        ("vehicle", "CarServer", 27, 1, 33),
        ("managed_charging", "ManagedCharging", 0, 1, 5),
    ],
)
def test_nothing_of_teslas_schema_is_missing(
    name: str, package: str, messages: int, enums: int, members: int
) -> None:
    file = FILES[name]

    found = file.enum_types_by_name.values()
    assert file.package == f"tesla_direct.{package}"
    assert len(file.message_types_by_name) == messages
    assert len(found) == enums
    assert sum(len(enum.values) for enum in found) == members


def test_every_field_and_every_kind_of_value_is_there() -> None:
    values = vehicle_data_pb2.Value.DESCRIPTOR
    numbers = vehicle_data_pb2.DESCRIPTOR.enum_types_by_name["Field"].values_by_number

    assert sorted(numbers) == list(range(260 + NEWER_FIELDS))
    assert [oneof.name for oneof in values.oneofs] == ["value"]
    assert sorted(values.fields_by_number) == [number for number in range(1, 55) if number != 20]


def test_every_action_is_there_and_those_outside_the_published_set_are_marked() -> None:
    actions = car_server_pb2.VehicleAction.DESCRIPTOR
    source = (ROOT / "custom_components" / FOLDER / "car_server.proto").read_text()

    assert [oneof.name for oneof in actions.oneofs] == ["vehicle_action_msg"]
    assert len(actions.fields) == 60 + len(UNPUBLISHED)
    for number, field in actions.fields_by_number.items():
        marked = f" {field.name} = {number};  // outside the published set" in source
        assert marked == (number in UNPUBLISHED)


def test_packages_and_files_bear_our_name() -> None:
    for file in FILES.values():
        assert file.package.startswith("tesla_direct.")
        assert file.name.startswith(f"{FOLDER}/")
        others = {other.name for other in file.dependencies} - {"google/protobuf/timestamp.proto"}
        assert all(other.startswith(f"{FOLDER}/") for other in others)


# Run on its own, because what is registered in a process stays: the messages as Tesla names them, which
# other integrations bring along, beside ours.
BESIDE_TESLAS = """
import importlib, sys, types

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

for name, path in (("custom_components", ""), ("custom_components.tesla_direct", "/tesla_direct")):
    sys.modules[name] = module = types.ModuleType(name)
    module.__path__ = [sys.argv[1] + path]

def ours(name):
    return importlib.import_module(f"custom_components.tesla_direct.tesla.proto.{name}_pb2")

def teslas(name):
    file = descriptor_pb2.FileDescriptorProto.FromString(open(f"{sys.argv[2]}/{name}", "rb").read())
    descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    return descriptor_pool.Default().FindFileByName(file.name)

names = sys.argv[4:]
if sys.argv[3] == "ours first":
    modules = [ours(name) for name in names]
files = [teslas(name) for name in names]
if sys.argv[3] == "ours last":
    modules = [ours(name) for name in names]
for module, file in zip(modules, files, strict=True):
    for name, descriptor in file.message_types_by_name.items():
        theirs = message_factory.GetMessageClass(descriptor)()
        assert type(theirs) is not getattr(module, name)
        getattr(module, name).FromString(theirs.SerializeToString())
print("side by side")
"""


@pytest.mark.parametrize("order", ["ours first", "ours last"])
def test_teslas_own_names_may_live_in_the_same_process(order: str, tmp_path: Path) -> None:
    names = []
    for name, file in FILES.items():
        names.append(name)
        (tmp_path / name).write_bytes(_as_tesla_names_it(file))

    done = subprocess.run(  # noqa: S603  # what stands above
        [sys.executable, "-c", BESIDE_TESLAS, ROOT / "custom_components", tmp_path, order, *names],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.stdout.strip(), done.stderr) == ("side by side", "")


def _as_tesla_names_it(file: FileDescriptor) -> bytes:
    """Return a file's descriptor with Tesla's names; only names tell the two apart."""
    copy = FileDescriptorProto()
    file.CopyToProto(copy)
    copy.name = Path(file.name).name
    copy.package = file.package.removeprefix("tesla_direct.")
    for place, other in enumerate(copy.dependency):
        copy.dependency[place] = other.removeprefix(f"{FOLDER}/")
    messages = list(copy.message_type)
    for message in messages:
        messages.extend(message.nested_type)
        for field in filter(lambda field: field.type_name, message.field):
            field.type_name = field.type_name.replace(".tesla_direct.", ".")
    return copy.SerializeToString()
