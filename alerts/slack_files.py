"""Pictures for Slack's messages: uploaded once, without a channel, and shown by a block that names the file."""

import logging
from collections import OrderedDict
from hashlib import sha256
from http.client import HTTPException
from threading import Lock
from urllib.parse import urlsplit

import httpx2
import orjson
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from alerts import picture
from alerts.charts import Chart
from alerts.scoreboard import Scoreboard
from alerts.scoreboard_picture import scoreboard_png
from config.secrets import redact

log = logging.getLogger(__name__)

CALL_SECONDS = 10
"""A picture is not worth waiting for: with its three calls a message still goes out within the outbox's lease."""
KEPT = 500
"""So many pictures of this process are known again; those of a restart are uploaded once more."""

_uploaded: OrderedDict[str, str] = OrderedDict()
_told: set[str] = set()
_lock = Lock()


def file_of(client: WebClient, chart: Chart | Scoreboard, account: str) -> str | None:
    """The id of the uploaded picture, the same for the same chart; None when it cannot be drawn or uploaded.

    `account` names the bot there. Never raises for Slack: a message without its picture is better than none, and what
    keeps the message back too is told by it. Why else is logged once, until an upload succeeds.
    """
    account = f"{client.base_url} {account}"
    digest = sha256(orjson.dumps([account, chart])).hexdigest()
    with _lock:
        if digest in _uploaded:
            _uploaded.move_to_end(digest)
            return _uploaded[digest]
    try:
        file_id = _upload(client, chart)
    except SlackApiError as refused:
        if refused.response.get("error") == "missing_scope":
            _tell_once(account, "the Slack app lacks the scope files:write")
        return None
    except (OSError, HTTPException, SlackRequestError):  # Slack is not there at all
        return None
    except (httpx2.HTTPError, ValueError) as error:
        _tell_once(account, redact(f"the upload fails ({error})"))
        return None
    with _lock:
        _told.discard(account)
        _uploaded[digest] = file_id
        while len(_uploaded) > KEPT:
            _uploaded.popitem(last=False)
    return file_id


def forget_picture(file_id: str) -> None:
    """Slack does not show this file; the next message uploads anew."""
    with _lock:
        for digest in [digest for digest, known in _uploaded.items() if known == file_id]:
            del _uploaded[digest]


def _upload(client: WebClient, chart: Chart | Scoreboard) -> str:
    content = scoreboard_png(chart) if isinstance(chart, Scoreboard) else picture.png(chart)
    place = client.files_getUploadURLExternal(filename="chart.png", length=len(content), alt_txt=chart.words[:1000])
    url, file_id = str(place["upload_url"]), str(place["file_id"])
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname != urlsplit(client.base_url).hostname:
        raise ValueError("the upload address is not safe")
    httpx2.post(url, content=content, timeout=CALL_SECONDS).raise_for_status()
    client.files_completeUploadExternal(files=[{"id": file_id, "title": chart.title[:200] or "Chart"}])
    return file_id


def _tell_once(account: str, why: str) -> None:
    with _lock:
        if account in _told:
            return
        _told.add(account)
    log.warning("Messages go to Slack without their pictures: %s.", why)
