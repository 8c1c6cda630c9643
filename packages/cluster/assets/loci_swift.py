"""Rewards of Loci for ms-swift: --external_plugins loci_swift.py --reward_funcs loci. Needs loci_reward.py and config.json beside it."""
import asyncio
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import loci_reward  # noqa: E402

try:
    from swift.rewards import AsyncORM, orms
except ImportError:  # earlier versions, and checks outside of ms-swift
    try:
        from swift.plugin import AsyncORM, orms
    except ImportError:
        AsyncORM, orms = object, {}


class LociReward(AsyncORM):
    """Scores groups. Where one completion has no score, the whole group is None: ms-swift counts None as 0, and a group of zeros has no gradient."""

    async def __call__(self, completions, sample, prompt_id=None, request_id=None, trainer_state=None, **columns):
        step = getattr(trainer_state, "global_step", None)
        groups = [f"{step}:{one}" for one in (prompt_id or sample)]
        members = request_id or [None] * len(completions)

        def column(name, index):
            values = columns.get(name)
            return None if values is None else values[index]

        async def score(index):
            tokens = column("response_token_ids", index) or []
            while tokens and isinstance(tokens[0], list):  # one list a turn
                tokens = [token for turn in tokens for token in turn]
            known = {
                "group": groups[index],
                "member": members[index],
                "tokens": len(tokens) or None,
                "truncated": bool(column("is_truncated", index)),
                "step": None if step is None else step + 1,
            }
            extra = {"split": column("split", index), "opened": column("opened", index), "loci": known}
            try:
                return (await loci_reward.compute_score("loci", completions[index], sample[index], extra))["score"]
            except loci_reward.NotScored as reason:
                print(f"Loci: not scored: {reason}", flush=True)
                return None

        scores = await asyncio.gather(*(score(index) for index in range(len(completions))))
        lost = {group for group, one in zip(groups, scores) if one is None}
        return [None if group in lost else one for group, one in zip(groups, scores)]


orms["loci"] = LociReward
