"""One GRPO step with the usual Python stack on the CPU: what `backends:bench -- --peers` compares Loci with, beside compiled PyTorch.

    --mode trl        a step of TRL's GRPOTrainer on a tiny Qwen2
    --mode loop-text  the step of SpaceR's trainer written out over transformers: generate, two passes, loss with KL, AdamW
    --mode loop-vl    the same on a tiny Qwen2.5-VL with a video in the prompt

Weights are random and nothing ends a completion, so that every one has its full length. The last line is a JSON object with medians.
"""
import argparse
import json
import os
import statistics
import tempfile
import time
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
warnings.filterwarnings("ignore")

parser = argparse.ArgumentParser()
for flag, default in {
    "hidden": 128, "layers": 4, "heads": 4, "ffn": 512, "vocab": 1024, "generations": 8, "prompt": 128, "new": 128,
    "threads": 2, "warmup": 1, "steps": 200, "frames": 8, "height": 84, "width": 112, "vision-hidden": 64,
    "vision-depth": 4, "vision-heads": 4, "seed": 0,
}.items():
    parser.add_argument(f"--{flag}", type=int, default=default)
parser.add_argument("--mode", choices=["trl", "loop-text", "loop-vl"], default="trl")
parser.add_argument("--top-p", type=float, default=0.95)
parser.add_argument("--beta", type=float, default=0.04)
parser.add_argument("--max-seconds", type=float, default=25)
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import torch  # noqa: E402
import transformers  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
transformers.logging.set_verbosity_error()

PAD, END = 0, 1
# The last four tokens of the vocabulary open and close a video, and stand for its patches and those of a picture.
OPEN, CLOSE, VIDEO, IMAGE = (options.vocab - offset for offset in (4, 3, 2, 1))
DECODER = {
    "vocab_size": options.vocab, "hidden_size": options.hidden, "num_hidden_layers": options.layers,
    "num_attention_heads": options.heads, "num_key_value_heads": max(1, options.heads // 2),
    "intermediate_size": options.ffn, "max_position_embeddings": 4096,
    "bos_token_id": None, "eos_token_id": END, "pad_token_id": PAD,
}


def report(peer, steps):
    """`steps`: a dictionary of seconds each, with `step` and `generation` among them."""
    medians = {f"{name}_s": round(statistics.median(step[name] for step in steps), 4) for name in steps[0]}
    tokens = options.generations * options.new / medians["generation_s"]
    versions = f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"
    print(json.dumps({"peer": f"{peer}, {versions}", **medians, "tokens_per_s": round(tokens), "steps_measured": len(steps)}))


class Watch:
    """Which steps are measured, and when to stop: after the seconds that were asked for, with one step measured at least."""

    def __init__(self):
        self.taken, self.began, self.steps = 0, None, []

    def add(self, step):
        self.taken += 1
        if self.taken > options.warmup:
            self.steps.append(step)
        elif self.taken == options.warmup:
            self.began = time.perf_counter()

    @property
    def is_over(self):
        return bool(self.steps) and time.perf_counter() - self.began > options.max_seconds


def text_model():
    config = transformers.Qwen2Config(**DECODER, tie_word_embeddings=False)
    config._attn_implementation = "sdpa"
    return transformers.Qwen2ForCausalLM(config).float()


def video_model():
    half = options.hidden // options.heads // 2
    side = 3 * half // 8
    rope = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [half - 2 * side, side, side]}
    vision = {
        "depth": options.vision_depth, "hidden_size": options.vision_hidden, "num_heads": options.vision_heads,
        "intermediate_size": 2 * options.vision_hidden, "out_hidden_size": options.hidden, "patch_size": 14,
        "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 56, "tokens_per_second": 2,
        "fullatt_block_indexes": [options.vision_depth - 1],
    }
    config = transformers.Qwen2_5_VLConfig(
        text_config={**DECODER, "rope_parameters": rope}, vision_config=vision, image_token_id=IMAGE,
        video_token_id=VIDEO, vision_start_token_id=OPEN, vision_end_token_id=CLOSE,
    )
    config._attn_implementation = "sdpa"
    return transformers.Qwen2_5_VLForConditionalGeneration(config).float()


# ---- TRL


def word_tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"<pad>": PAD, "<end>": END, **{f"w{index}": index for index in range(2, options.vocab)}}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>", padding_side="left"
    )


def even_words(completions, **_):
    return [sum(word[-1] in "02468" for word in text.split()) / options.new for text in completions]


def trl_step():
    import trl
    from datasets import Dataset

    watch = Watch()
    clock = {"step": 0.0, "generation": 0.0}

    class Timer(transformers.TrainerCallback):
        def on_step_begin(self, *_, **__):
            clock["generation"], clock["step"] = 0.0, time.perf_counter()

        def on_step_end(self, args, state, control, **_):
            watch.add({"step": time.perf_counter() - clock["step"], "generation": clock["generation"]})
            control.should_training_stop = watch.is_over

    with tempfile.TemporaryDirectory() as folder:
        tokenizer = word_tokenizer()
        text_model().save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        ids = torch.randint(2, options.vocab, (64, options.prompt)).tolist()
        prompts = Dataset.from_list([{"prompt": " ".join(f"w{word}" for word in row)} for row in ids])
        settings = trl.GRPOConfig(
            output_dir=f"{folder}/out", per_device_train_batch_size=options.generations, gradient_accumulation_steps=1,
            num_generations=options.generations, max_completion_length=options.new, max_steps=options.warmup + options.steps,
            temperature=1.0, top_p=options.top_p, top_k=0, beta=options.beta, loss_type="grpo", learning_rate=1e-6,
            use_cpu=True, bf16=False, fp16=False, gradient_checkpointing=False, report_to="none", save_strategy="no",
            logging_steps=10**6, disable_tqdm=True, dataloader_num_workers=0, seed=options.seed,
            model_init_kwargs={"dtype": "float32", "attn_implementation": "sdpa"},
        )
        trainer = trl.GRPOTrainer(
            model=folder, reward_funcs=even_words, args=settings, train_dataset=prompts, processing_class=tokenizer,
            callbacks=[Timer()],
        )
        trainer.generation_config.eos_token_id = None
        generate = trainer.model.generate

        def timed_generate(*given, **named):
            began = time.perf_counter()
            made = generate(*given, **named)
            clock["generation"] += time.perf_counter() - began
            if made.shape[1] != options.prompt + options.new:
                raise RuntimeError(f"completions of {made.shape[1] - options.prompt} tokens, not {options.new}")
            return made

        trainer.model.generate = timed_generate
        trainer.train()
    report(f"TRL {trl.__version__} GRPOTrainer", watch.steps)


# ---- the loop of SpaceR's trainer


def prompt_of(video_tokens):
    if video_tokens == 0:
        return torch.randint(2, OPEN, (1, options.prompt))
    words = torch.randint(2, OPEN, (options.prompt - video_tokens - 2,))
    video = torch.tensor([OPEN, *[VIDEO] * video_tokens, CLOSE])
    return torch.cat([words[:4], video, words[4:]])[None]


def loop_step(with_video):
    build = video_model if with_video else text_model
    policy, reference = build(), build()
    reference.load_state_dict(policy.state_dict())
    reference.eval().requires_grad_(False)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-6)
    group, one, all_rows, video_tokens = options.generations, {}, {}, 0
    if with_video:
        grid = torch.tensor([[options.frames // 2, options.height // 14, options.width // 14]])
        pixels = torch.randn(int(grid.prod()), 3 * 2 * 14 * 14)
        video_tokens = int(grid.prod()) // 4
        one = {"pixel_values_videos": pixels, "video_grid_thw": grid}
        all_rows = {"pixel_values_videos": pixels.repeat(group, 1), "video_grid_thw": grid.repeat(group, 1)}
    sampling = transformers.GenerationConfig(
        max_new_tokens=options.new, do_sample=True, top_p=options.top_p, top_k=0, temperature=1.0,
        num_return_sequences=group, pad_token_id=PAD, eos_token_id=None,
    )

    def kinds(ids):  # transformers wants to be told which tokens are of a video
        return {"mm_token_type_ids": 2 * (ids == VIDEO).int()} if with_video else {}

    def log_probabilities(model, ids):
        logits = model(ids, use_cache=False, **all_rows, **kinds(ids)).logits[:, options.prompt - 1 : -1]
        wanted = ids[:, options.prompt :]
        # Row by row, as SpaceR's trainer does to spare memory.
        return torch.stack([row.log_softmax(-1).gather(1, own[:, None])[:, 0] for row, own in zip(logits, wanted)])

    watch = Watch()
    while watch.taken < options.warmup + options.steps and not watch.is_over:
        prompt = prompt_of(video_tokens)
        marks = [time.perf_counter()]
        policy.eval()
        with torch.no_grad():
            ids = policy.generate(
                input_ids=prompt, attention_mask=torch.ones_like(prompt), generation_config=sampling, **one, **kinds(prompt)
            )
        if ids.shape != (group, options.prompt + options.new):
            raise RuntimeError(f"{tuple(ids.shape)} tokens, not {(group, options.prompt + options.new)}")
        if with_video:  # random weights sample tokens of videos too, which would then be looked for among the pixels
            ids[:, options.prompt :].clamp_(max=OPEN - 1)
            policy.model.rope_deltas = None
        marks.append(time.perf_counter())
        policy.train()
        own = log_probabilities(policy, ids)
        marks.append(time.perf_counter())
        with torch.inference_mode():
            frozen = log_probabilities(reference, ids)
        marks.append(time.perf_counter())
        rewards = (ids[:, options.prompt :] % 2 == 0).float().mean(1)
        advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-4)
        gap = (frozen - own).clamp(-10, 10)
        divergence = gap.exp() - gap - 1
        loss = (options.beta * divergence - (own - own.detach()).exp() * advantages[:, None]).mean(1).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
        marks.append(time.perf_counter())
        parts = [after - before for before, after in zip(marks, marks[1:])]
        names = ["generation", "policy_forward", "reference", "backward_update"]
        watch.add({"step": marks[-1] - marks[0], **dict(zip(names, parts))})
    report(f"SpaceR-like loop on {'Qwen2.5-VL' if with_video else 'Qwen2'}", watch.steps)


if options.mode == "trl":
    trl_step()
else:
    loop_step(options.mode == "loop-vl")
