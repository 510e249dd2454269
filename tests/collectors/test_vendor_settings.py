"""Settings of the vendor sources: what is refused, and how it is said."""

import pytest
from pydantic import ValidationError

from collectors.openai_reports import OpenAIUsageSettings
from config.settings import explain

GOOD = {"account": "org-demo", "admin_key": "env:DEMO_KEY"}


@pytest.mark.parametrize("url", ["https://api.example.com", "http://localhost:8900/openai/v1", "http://sandbox:8900"])
def test_a_vendor_may_be_elsewhere(url: str) -> None:
    assert OpenAIUsageSettings(**GOOD, base_url=url).base_url == url


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"base_url": "http://api.example.com"}, "base_url: use https"),
        ({"base_url": "https://u:p@api.example.com"}, "base_url: write the URL without user"),
        ({"base_url": "https://api.example.com?key=1"}, "base_url: write the URL without user"),
        ({"base_url": "api.example.com"}, "base_url: write a URL such as"),
        ({"account": ""}, "account: "),
        ({"admin_key": "sk-admin-abcdef123456"}, "admin_key: must be a reference"),
        ({"page_buckets": 169}, "page_buckets: "),
        ({"max_requests_per_second": 0}, "max_requests_per_second: "),
        ({"api_key": "env:X"}, "unknown key 'api_key'"),
    ],
)
def test_a_bad_setting_is_named(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OpenAIUsageSettings.model_validate({**GOOD, **changed})
    assert explain(caught.value).startswith(sentence)
    assert "abcdef123456" not in explain(caught.value)
