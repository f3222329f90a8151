// Reading begins of inputs.
#include "engine/why/sample.h"

#include <algorithm>

#include "io/formats/formats.h"

namespace spelk::engine {
namespace {

constexpr size_t kMostInputs = 1'000;
constexpr size_t kPiece = size_t{64} << 10U;

// Whole lines from the begin, `most` bytes of them; `all` tells whether this was all.
std::string ReadLines(const io::Input& input, size_t most, const Cancellation* cancel, bool* all) {
  std::string text;
  *all = false;
  const absl::StatusOr<io::ByteSourcePtr> source = io::OpenEvents(input, cancel);
  if (!source.ok()) return text;
  while (text.size() < most) {
    const size_t begin = text.size();
    const size_t wanted = std::min(kPiece, most - begin);
    text.resize(begin + wanted);
    const absl::StatusOr<size_t> count = (*source)->Read(text.data() + begin, wanted);
    text.resize(begin + count.value_or(0));
    *all = count.ok() && *count == 0;
    if (!count.ok() || *count == 0) break;
  }
  if (!*all) text.resize(text.rfind('\n') + 1);  // npos + 1 is 0.
  return text;
}

void Add(const io::Input& input, std::string text, Sample* sample) {
  if (text.empty()) return;
  sample->bytes += text.size();
  sample->texts.push_back(std::move(text));
  io::Input& copy = sample->inputs.emplace_back(input);
  copy.kind = io::Input::Kind::kMemory;
  copy.memory = sample->texts.back();
  copy.format = io::FormatOptions();
  copy.format.format = &io::kLinesFormat;
  copy.callback = nullptr;
}

}  // namespace

Sample TakeSample(const std::vector<io::Input>& inputs,
                  const std::vector<exec::ScanReport::Kept>& kept, bool kept_all, size_t most,
                  const Cancellation* cancel, bool unread) {
  Sample sample;
  std::vector<uint64_t> ends(inputs.size(), 0);  // Up to where an input was read.
  size_t left = most;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool once = !unread && io::ReadsOnce(inputs[i]);
    bool all = once && kept_all;
    if (i < kMostInputs && !once) {
      const size_t others = std::min(inputs.size(), kMostInputs) - i;
      std::string text = ReadLines(inputs[i], left / others + 1, cancel, &all);
      left -= std::min(left, text.size());
      ends[i] = text.size();
      Add(inputs[i], std::move(text), &sample);
    }
    sample.whole = sample.whole && all;
  }
  for (const exec::ScanReport::Kept& block : kept) {
    if (block.offset >= ends[block.input]) Add(inputs[block.input], block.text, &sample);
  }
  return sample;
}

}  // namespace spelk::engine
