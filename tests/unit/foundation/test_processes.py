"""What the processes decide before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.foundation.processes import valkey
from portal.foundation.processes.lock import only_one
from portal.foundation.processes.refusal import CannotStart
from portal.foundation.processes.supervisor import restart_delay
from portal.foundation.processes.up import programs
from portal.settings import Settings


def settings(instance: Path, redis_url: str | None = None) -> Settings:
    return Settings(instance_path=instance, database_url="sqlite://", secret_key="x" * 32, redis_url=redis_url)


def test_a_program_that_keeps_dying_is_restarted_ever_later_but_never_forgotten() -> None:
    assert [restart_delay(deaths) for deaths in (1, 2, 3, 7, 100)] == [0.2, 0.4, 0.8, 10.0, 10.0]


def test_the_queue_server_listens_inside_the_instance_folder(tmp_path: Path) -> None:
    instance = Path("/srv/portal")
    assert valkey.socket_path(instance) == Path("/srv/portal/valkey/valkey.sock")


def test_an_instance_path_too_long_for_a_socket_gets_a_short_folder_always_the_same() -> None:
    deep = Path("/srv") / ("d" * 60) / ("e" * 60)
    path = valkey.socket_path(deep)
    assert path == valkey.socket_path(deep)
    assert path != valkey.socket_path(deep / "other")
    assert path.parent.parent == Path("/tmp")
    assert len(str(path)) <= valkey.LONGEST_SOCKET_PATH


def test_the_queue_server_never_uses_a_folder_others_may_enter(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"
    folder.mkdir(mode=0o755)
    with pytest.raises(CannotStart, match="n’est pas privé"):
        valkey.check_private(folder)


def test_the_queue_server_never_follows_a_link_to_its_folder(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(CannotStart, match="n’est pas privé"):
        valkey.check_private(tmp_path / "link")


def test_the_bundled_queue_server_is_not_started_beside_the_one_given(tmp_path: Path) -> None:
    def names(redis_url: str | None) -> list[str]:
        return [program.name for program in programs(settings(tmp_path, redis_url))]

    assert names(None) == ["valkey", "web", "worker", "clock"]
    assert names("redis://127.0.0.1:6379/0") == ["web", "worker", "clock"]


def test_a_second_start_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with (
        only_one(tmp_path, "http://127.0.0.1:8123/"),
        pytest.raises(CannotStart, match=r"déjà démarré .*http://127\.0\.0\.1:8123/$"),
        only_one(tmp_path, "http://127.0.0.1:9000/"),
    ):
        pass


def test_a_lock_file_left_behind_refuses_nobody(tmp_path: Path) -> None:
    with only_one(tmp_path, "http://127.0.0.1:8123/"):
        pass
    with only_one(tmp_path, "http://127.0.0.1:9000/"):
        assert (tmp_path / "portal.lock").read_text() == "http://127.0.0.1:9000/"
