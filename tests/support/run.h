// Running a search in the ways that law 1 says make no difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/engine.h"

namespace spelk::tests {

enum class InputForm : uint8_t { kOne, kSplit, kGzip };

// One point of law 1's matrix. The default is the plain way to run.
struct Variation {
  size_t threads = 1;
  size_t block_size = size_t{1} << 20U;
  size_t batch_rows = 2048;
  std::vector<std::string> without_passes;
  std::optional<size_t> memory;
  InputForm input = InputForm::kOne;
  bool reload_states = false;
  size_t deal_states = 0;  // Blocks go to so many states in turn, without threads.
  // So many reservations of memory are granted before one is refused, or all from there on.
  std::optional<uint64_t> refused_after = {};
  bool refuses_all = false;
  bool check_flow = false;  // Each operator is held to its node's Dataflow.

  std::string Describe() const;
};

// The whole matrix: threads × block × batch × each pass off × memory × input × states reloaded.
// Without `split`, the input stays as it is.
std::vector<Variation> AllVariations(const Engine& engine, bool split);
// A few of it, chosen by `seed`: the same ones every time, and over many seeds all of it. Among
// them always one with everything at its far end.
std::vector<Variation> SomeVariations(const Engine& engine, bool split, uint64_t seed,
                                      size_t count);
// The same for a run that makes so many reservations of memory: some of which are refused.
std::vector<Variation> SomeRefusals(uint64_t reservations, uint64_t seed, size_t count);

// What a run gave.
struct Outcome {
  std::optional<Error> error;
  std::vector<std::string> rows;  // NDJSON.
  std::vector<ErrorDetail> warnings;
  uint64_t reservations = 0;            // Of memory.
  std::vector<std::string> violations;  // With Variation::check_flow.
};

// The events of a test under the name `events.ndjson`.
class Feed {
 public:
  explicit Feed(std::string text);
  Input As(InputForm form) const;

 private:
  std::string text_;
  std::string gzip_;
  std::vector<std::string_view> parts_;
};

// The rows are those of the last query; those before it run before it.
Outcome RunAs(const std::vector<Query>& queries, const Feed* feed, RunOptions options,
              const Variation& variation);
Outcome RunAs(const Query& query, const Feed* feed, RunOptions options, const Variation& variation);

// The same for several searches in one pass; of their messages nothing is kept.
std::vector<Outcome> RunTogetherAs(const std::vector<Query>& queries, const Feed& feed,
                                   RunOptions options, const Variation& variation);

// What differs from the plain outcome, or an empty text. A run whose reservations are refused may
// fail by name; one with little memory only if `may_reach_limit`.
std::string Difference(const Outcome& plain, const Outcome& other, const Variation& variation,
                       bool may_reach_limit);

// One search a line; lines that begin with # are comments.
std::vector<std::string> ReadQueries(const std::string& path);

std::string Gzip(std::string_view text);
uint64_t HashOf(std::string_view text);

}  // namespace spelk::tests
