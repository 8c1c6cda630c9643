"""Requests the score of a completion from Loci's reward server. It is part of a job's working folder, and reads config.json beside it.

verl loads LociRewardManager, which adds facts that verl's own manager does not pass on: the tokens of a completion, whether it was
truncated, its group and its step. compute_score also works without it, on the arguments that verl gives any reward function.
"""
import asyncio
import http.client
import json
import os
import random
import urllib.error
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "config.json"), encoding="utf-8") as settings:
    CONFIG = json.load(settings)


class NotScored(RuntimeError):
    """A completion has no score. Raised, because it must not count as a 0."""


def _headers():
    headers = {"content-type": "application/json"}
    if CONFIG["tokenFile"]:
        with open(CONFIG["tokenFile"], encoding="utf-8") as file:
            headers["authorization"] = "Bearer " + file.read().strip()
    return headers


def _post(body):
    """Status and answer of one request; for an HTTP error the answer is its message."""
    request = urllib.request.Request(CONFIG["url"].rstrip("/") + "/gather", json.dumps(body).encode(), _headers())
    try:
        with urllib.request.urlopen(request, timeout=CONFIG["timeoutSeconds"]) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, {"message": error.read().decode(errors="replace")[:500]}


async def _ask(body):
    """Repeats the request for one member until its group is scored, so that a lost answer does no harm."""
    failed, pause = 0, 0.2
    while True:
        try:
            status, answer = await asyncio.get_running_loop().run_in_executor(None, _post, body)
            problem = None if status < 400 else f"{status} {answer['message']}"
        except (OSError, ValueError, http.client.HTTPException) as error:
            status, problem = 503, f"{type(error).__name__}: {error}"
        if problem and status < 500 and status not in (408, 425, 429):
            raise NotScored(f"Loci refused: {problem}")
        if problem:
            failed += 1
            if failed >= CONFIG["attempts"]:
                raise NotScored(f"{CONFIG['url']} did not answer {failed} times; the last: {problem}")
            await asyncio.sleep(min(30, 2**failed) * random.uniform(0.5, 1))
        elif answer["status"] == "waiting":
            failed, pause = 0, min(5, 2 * pause)
            await asyncio.sleep(pause * random.uniform(0.5, 1))
        else:
            return answer


async def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """Score and columns of one completion; ground_truth is the sample as JSON text. Raises NotScored."""
    extra = extra_info or {}
    known = extra.get("loci") or {}
    split = extra.get("split") or "train"
    size = {"train": CONFIG["groupSize"], "validation": CONFIG["validationGroupSize"]}.get(split, 1)
    group = known.get("group")
    if group is None:
        group = f"{split}:{extra.get('index')}"
        size = size if CONFIG["needsGroup"] else 1
    member = known.get("member") or uuid.uuid4().hex
    completion = {"text": solution_str, "finishReason": "length" if known.get("truncated") else "stop"}
    if known.get("tokens"):
        completion["tokenCount"] = known["tokens"]
    body = {
        "group": f"{CONFIG['run']}:{group}" + ("" if size > 1 else f":{member}"),
        "size": size,
        "member": member,
        "split": split,
        "sample": json.loads(ground_truth),
        "completion": completion,
    }
    for key, value in (("opened", extra.get("opened")), ("step", known.get("step"))):
        if value:
            body[key] = value
    answer = await _ask(body)
    if answer["status"] == "failed" or answer["score"] is None:
        raise NotScored(f"{body['sample'].get('id')}: {answer.get('message') or 'every reward abstained'}")
    return {"score": answer["score"], **{name: answer["columns"].get(name, 0.0) for name in CONFIG["columns"]}}


try:
    from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase
except ImportError:  # outside of verl, where a preflight calls compute_score
    RewardManagerBase = None

if RewardManagerBase is not None:

    class LociRewardManager(RewardManagerBase):
        """Decodes a completion as Loci does, tags included even where they are special tokens, and adds its facts."""

        def __init__(self, config, tokenizer, compute_score, **_):  # noqa: the name is verl's
            super().__init__(config, tokenizer, compute_score)

        async def run_single(self, data):
            item = data[-1:][0]
            fields, responses = item.non_tensor_batch, item.batch["responses"]
            length = int(item.batch["attention_mask"][-responses.shape[-1] :].sum())
            ids = responses[:length].tolist()
            silent = set(CONFIG["silentTokenIds"])
            known = {
                "tokens": length,
                "truncated": length >= CONFIG["maxNewTokens"] and (not ids or ids[-1] not in silent),
                "step": _number(fields.get("global_steps")),
            }
            if fields.get("uid") is not None:
                known["group"] = str(fields["uid"])
                if fields.get("session_id") is not None:
                    known["member"] = f"{fields['uid']}_{fields['session_id']}"
            text = self.tokenizer.decode([token for token in ids if token not in silent], skip_special_tokens=False)
            result = await compute_score(
                data_source=fields.get("data_source"),
                solution_str=text,
                ground_truth=fields["reward_model"]["ground_truth"],
                extra_info={**(fields.get("extra_info") or {}), "loci": known},
            )
            return {"reward_score": result["score"], "reward_extra_info": result}


def _number(value):
    return int(value) if value is not None and int(value) > 0 else None


def probe():
    """Has one sample scored, and prints the answer: the preflight runs it on each node."""
    extra = {"split": "probe", "loci": {"tokens": 1}}
    print(json.dumps(asyncio.run(compute_score("probe", "", CONFIG["probe"], extra))))


if __name__ == "__main__":
    probe()
