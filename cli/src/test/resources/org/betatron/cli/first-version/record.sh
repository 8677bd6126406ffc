set -e
rm -rf start align sft judge evaluation
"$1" init --config config.json --tokenizer bytes --seed 3 --out start
cut="--set data.truncation.maxTokens=64 --set data.truncation.maxPromptTokens=48"
for c in align sft; do
  "$1" $c --model start --data pairs.jsonl --out $c --steps 6 --batch-size 2 --learning-rate 1e-3 --set train.warmupSteps=2 \
    --set data.heldOut=2 --set train.checkpointEvery=3 $cut --set compute.threads=1
  grep -E '"step":[4-6],' $c/metrics.jsonl > $c-later-metrics.jsonl
  grep -E '"step":[0-3],' $c/metrics.jsonl > kept; mv kept $c/metrics.jsonl
  rm -rf $c/.lock $c/model $c/report.html $c/gaps-after.jsonl $c/suspicious.jsonl $c/checkpoints/step-00000006
done
grep before align/samples.jsonl > kept; mv kept align/samples.jsonl
"$1" reward --model start --data pairs.jsonl --out rm --steps 1 --batch-size 2 --set data.heldOut=2 $cut
mv rm/model judge; rm -rf rm
"$1" evaluate --model start --data pairs.jsonl --judge reward --reward-model judge --out evaluation --temperature 0,1 \
    --max-new-tokens 4 --limit 3
rm evaluation/answers.jsonl evaluation/report.json
