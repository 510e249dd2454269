"""The sandbox's credentials. They open nothing but the sandbox."""

from __future__ import annotations

ADMIN_KEY_OPENAI = "sk-admin-sandbox-openai"
ADMIN_KEY_ANTHROPIC = "sk-ant-admin01-sandbox"
MASTER_KEY_LITELLM = "sk-sandbox-litellm-master"
API_KEY_PAGERDUTY = "pd-sandbox-read-only"
TOKEN_MLFLOW = "mlflow-sandbox"  # noqa: S105 - works in the sandbox only
TOKEN_LAUNCHDARKLY = "api-sandbox-reader"  # noqa: S105 - works in the sandbox only
KEYS_LANGFUSE = "pk-lf-sandbox:sk-lf-sandbox"
TOKEN_GITHUB = "github_pat_sandbox"  # noqa: S105 - works in the sandbox only
USER_AND_TOKEN_JIRA = "reader@larkfield.example:jira-sandbox"  # noqa: S105 - works in the sandbox only
SLACK_TOKEN = "xoxb-sandbox"  # noqa: S105 - works in the sandbox only
SLACK_APP_TOKEN = "xapp-sandbox"  # noqa: S105 - works in the sandbox only

EXPIRED_KEY_OPENAI = "sk-admin-sandbox-expired"
EXPIRED_KEY_ANTHROPIC = "sk-ant-admin01-expired"
EXPIRED_SLACK_TOKEN = "xoxb-expired"  # noqa: S105 - works in the sandbox only

PROJECT_KEY_OPENAI = "sk-proj-sandbox-openai"
"""A key that may call models but not read the organization's usage: 403."""
WORKSPACE_KEY_ANTHROPIC = "sk-ant-api03-sandbox"
"""A workspace key, not an admin key: 403."""
