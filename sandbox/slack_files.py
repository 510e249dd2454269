"""Slack's external upload: an address for the bytes, the bytes, and the word that they are complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.faults import Faults
from sandbox.slack_errors import SlackError

PNG = b"\x89PNG\r\n\x1a\n"
MAX_BYTES = 5_000_000


@dataclass
class _Upload:
    ticket: str
    length: int
    content: bytes | None = None
    is_complete: bool = False


class SlackFiles:
    """Pictures of one workspace; with a folder they outlive a restart."""

    def __init__(self, folder: Path | None, faults: Faults) -> None:
        self._folder = folder / "slack-files" if folder else None
        self._faults = faults
        self._uploads: dict[str, _Upload] = {}

    def routes(self) -> list[Route]:
        """Where the bytes go, and where the channel page shows them."""
        return [
            Route("/slack/upload/{ticket}", self._receive, methods=["POST"]),
            Route("/slack/files/{file_id}.png", self._show, methods=["GET"]),
        ]

    def upload_url(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """files.getUploadURLExternal"""
        self._check_scope()
        length = str(arguments.get("length") or "")
        if not arguments.get("filename") or not length.isdigit() or not 0 < int(length) <= MAX_BYTES:
            raise SlackError("invalid_arguments")
        file_id, ticket = f"F{uuid4().hex[:10].upper()}", uuid4().hex
        self._uploads[file_id] = _Upload(ticket, int(length))
        return {"upload_url": f"{arguments['_base_url']}slack/upload/{ticket}", "file_id": file_id}

    def complete(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """files.completeUploadExternal"""
        self._check_scope()
        files = arguments.get("files")
        chosen = orjson.loads(files) if isinstance(files, str) else files
        for file in chosen or []:
            upload = self._uploads.get(str(file.get("id")))
            if upload is None or upload.content is None:
                raise SlackError("file_not_found")
            upload.is_complete = True
            self._keep(file["id"], upload.content)
        if not chosen:
            raise SlackError("invalid_arguments")
        return {"files": [{"id": file["id"], "title": file.get("title", "")} for file in chosen]}

    def check_shown(self, blocks: list[dict[str, Any]]) -> str | None:
        """The JSON pointer of the first file in blocks that Slack would not show; None when all is well."""
        for number, block in enumerate(blocks):
            if "slack_file" not in block:
                continue
            file_id = str((block["slack_file"] or {}).get("id"))
            if self._faults.next_slack_file_is_pending() or self._content(file_id) is None:
                return f"/blocks/{number}/slack_file"
        return None

    def _check_scope(self) -> None:
        if self._faults.slack_files_forbidden:
            raise SlackError("missing_scope", needed="files:write")

    def _keep(self, file_id: str, content: bytes) -> None:
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{file_id}.png").write_bytes(content)

    def _content(self, file_id: str) -> bytes | None:
        upload = self._uploads.get(file_id)
        if upload:
            return upload.content if upload.is_complete else None
        kept = self._folder / f"{file_id}.png" if self._folder and file_id.isalnum() else None
        return kept.read_bytes() if kept and kept.exists() else None

    async def _receive(self, request: Request) -> Response:
        content = await request.body()
        for upload in self._uploads.values():
            if upload.ticket == request.path_params["ticket"]:
                if len(content) != upload.length or not content.startswith(PNG):
                    return PlainTextResponse("not the file that was announced", 400)
                upload.content = content
                return PlainTextResponse(f"OK - {len(content)}")
        return PlainTextResponse("unknown upload", 404)

    async def _show(self, request: Request) -> Response:
        content = self._content(request.path_params["file_id"])
        if content is None:
            return PlainTextResponse("There is no such file.", 404)
        return Response(content, media_type="image/png", headers={"X-Content-Type-Options": "nosniff"})
