// Law 1's matrix.
#include "support/run.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <utility>

#include "engine/impl.h"
#include "support/flow_check.h"
#include "support/require.h"

namespace spelk::tests {
namespace {

constexpr size_t kThreads[] = {1, 2, 8};
// In the smallest, nearly every line is a block of its own, for whichever worker comes first.
constexpr size_t kBlocks[] = {size_t{1} << 20U, size_t{4} << 10U, 64};
// Of few rows, too: neither one alone nor all that there are.
constexpr size_t kBatches[] = {2048, 1, 3};
constexpr InputForm kForms[] = {InputForm::kOne, InputForm::kSplit, InputForm::kGzip};
constexpr bool kReload[] = {false, true};
constexpr size_t kDeals[] = {0, 5};
// Enough for a block and its columns; what collects rows must spill.
constexpr size_t kTinyMemory = size_t{4} << 20U;

std::vector<std::vector<std::string>> PassChoices(const Engine& engine) {
  std::vector<std::vector<std::string>> choices{{}};
  std::vector<std::string> all;
  for (const auto& [name, summary] : engine.Passes()) {
    choices.push_back({name});
    all.push_back(name);
  }
  choices.push_back(all);
  return choices;
}

// Pieces of whole lines; the last one holds more lines than the first.
std::vector<std::string_view> SplitAtLines(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const size_t share : {4U, 3U}) {
    const size_t end = text.find('\n', text.size() / share);
    if (end == std::string_view::npos) break;
    parts.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

Input FromMemory(const std::vector<std::string_view>& texts) {
  auto impl = std::make_shared<Input::Impl>();
  for (const std::string_view text : texts) {
    impl->inputs.emplace_back();
    impl->inputs.back().kind = io::Input::Kind::kMemory;
    impl->inputs.back().path = "events.ndjson";
    impl->inputs.back().memory = text;
  }
  return Input(std::move(impl));
}

// What stands where one row differs from the other.
std::string Around(std::string_view row, std::string_view other) {
  constexpr size_t kBefore = 60, kShown = 200;
  const auto at = static_cast<size_t>(
      std::mismatch(row.begin(), row.end(), other.begin(), other.end()).first - row.begin());
  const size_t begin = at > kBefore ? at - kBefore : 0;
  return fmt::format("{}{}{}", begin > 0 ? "…" : "", row.substr(begin, kShown),
                     begin + kShown < row.size() ? "…" : "");
}

}  // namespace

std::string Gzip(std::string_view text) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  Require(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                       Z_DEFAULT_STRATEGY) == Z_OK,
          "zlib");
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  Require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// FNV-1a: the same on every machine.
uint64_t HashOf(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash ^ (hash >> 32U);
}

std::string Variation::Describe() const {
  std::string passes;
  for (const std::string& pass : without_passes) passes += " without " + pass;
  constexpr std::string_view kNames[] = {"one input", "split input", "gzip input"};
  std::string refused = deal_states == 0 ? "" : fmt::format(", dealt to {} states", deal_states);
  if (refused_after) {
    refused += fmt::format(", {} reservation{} after {} refused", refuses_all ? "all" : "one",
                           refuses_all ? "s" : "", *refused_after);
  }
  return fmt::format("threads {}, block {}, batch {}, memory {}, {}{}{}{}", threads, block_size,
                     batch_rows, memory ? fmt::format("{}", *memory) : "default",
                     kNames[static_cast<size_t>(input)], reload_states ? ", states reloaded" : "",
                     passes, refused + (check_flow ? ", flow checked" : ""));
}

std::vector<Variation> AllVariations(const Engine& engine, bool split) {
  std::vector<Variation> all;
  for (const auto& passes : PassChoices(engine)) {
    for (const size_t threads : kThreads) {
      for (const size_t block : kBlocks) {
        for (const size_t batch : kBatches) {
          for (const std::optional<size_t> memory : {std::optional<size_t>(), {kTinyMemory}}) {
            for (const InputForm form : kForms) {
              if (form != InputForm::kOne && !split) continue;
              for (const bool reload : kReload) {
                for (const size_t deal : kDeals) {
                  // So many states hold more blocks than little memory has room for.
                  if (deal > 0 && memory && block == kBlocks[0]) continue;
                  all.push_back({threads, block, batch, passes, memory, form, reload, deal});
                }
              }
            }
          }
        }
      }
    }
  }
  return all;
}

std::vector<Variation> SomeVariations(const Engine& engine, bool split, uint64_t seed,
                                      size_t count) {
  std::vector<Variation> some{{8, kBlocks[2], 1, PassChoices(engine).back(), kTinyMemory,
                               split ? InputForm::kSplit : InputForm::kOne, true}};
  some.push_back(
      {1, kBlocks[2], 3, {}, {}, split ? InputForm::kSplit : InputForm::kOne, true, kDeals[1]});
  some.emplace_back();
  some.back().block_size = kBlocks[1];
  some.back().batch_rows = 7;
  some.back().check_flow = true;
  const std::vector<Variation> all = AllVariations(engine, split);
  while (some.size() < count) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    some.push_back(all[(seed >> 33U) % all.size()]);
  }
  return some;
}

std::vector<Variation> SomeRefusals(uint64_t reservations, uint64_t seed, size_t count) {
  std::vector<Variation> some;
  for (uint64_t i = 0; i < count && reservations > 0; ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    Variation& one = some.emplace_back();
    one.refused_after = (seed >> 33U) % reservations;
    one.refuses_all = i % 2 == 1;
  }
  return some;
}

Feed::Feed(std::string text)
    : text_(std::move(text)), gzip_(Gzip(text_)), parts_(SplitAtLines(text_)) {}

Input Feed::As(InputForm form) const {
  if (form == InputForm::kSplit) return FromMemory(parts_);
  return FromMemory({form == InputForm::kGzip ? std::string_view(gzip_) : text_});
}

namespace {

RunOptions Varied(RunOptions options, const Variation& variation, std::atomic<uint64_t>& asked) {
  options.threads = variation.threads;
  options.block_size = variation.block_size;
  options.batch_rows = variation.batch_rows;
  options.disabled_passes = variation.without_passes;
  options.reload_states = variation.reload_states;
  options.deal_states = variation.deal_states;
  if (variation.memory) options.memory = *variation.memory;
  options.may_reserve = [&asked, refused = variation.refused_after,
                         all = variation.refuses_all](size_t) {
    const uint64_t before = asked.fetch_add(1, std::memory_order_relaxed);
    return !refused || (all ? before < *refused : before != *refused);
  };
  return options;
}

void AppendRows(const RowBatch& rows, Outcome& outcome) {
  for (size_t row = 0; row < rows.rows(); ++row) {
    rows.AppendJson(row, outcome.rows.emplace_back());
  }
}

}  // namespace

Outcome RunAs(const std::vector<Query>& queries, const Feed* feed, RunOptions options,
              const Variation& variation) {
  Outcome outcome;
  std::atomic<uint64_t> asked{0};
  const auto take = [&](size_t query, const RowBatch& rows) {
    if (query + 1 == queries.size()) AppendRows(rows, outcome);
    return Flow::kMore;
  };
  const Input input = feed == nullptr ? Input() : feed->As(variation.input);
  FlowChecker checker;
  const TestHooks hooks{variation.check_flow ? &checker : nullptr};
  RunOptions varied = Varied(std::move(options), variation, asked);
  varied.hooks = &hooks;
  const Result<std::vector<Summary>> done = RunTogether(queries, input, varied, take);
  if (done.ok()) {
    for (const Summary& summary : *done) {
      outcome.warnings.insert(outcome.warnings.end(), summary.warnings.begin(),
                              summary.warnings.end());
      if (!outcome.error) outcome.error = summary.error;
    }
  } else {
    outcome.error = done.error();
  }
  outcome.reservations = asked;
  outcome.violations = checker.violations();
  return outcome;
}

Outcome RunAs(const Query& query, const Feed* feed, RunOptions options,
              const Variation& variation) {
  return RunAs(std::vector<Query>{query}, feed, std::move(options), variation);
}

std::vector<Outcome> RunTogetherAs(const std::vector<Query>& queries, const Feed& feed,
                                   RunOptions options, const Variation& variation) {
  std::vector<Outcome> outcomes(queries.size());
  std::atomic<uint64_t> asked{0};
  const auto done =
      RunTogether(queries, feed.As(variation.input), Varied(std::move(options), variation, asked),
                  [&outcomes](size_t query, const RowBatch& rows) {
                    AppendRows(rows, outcomes[query]);
                    return Flow::kMore;
                  });
  for (size_t q = 0; q < outcomes.size(); ++q) {
    outcomes[q].error = done.ok() ? (*done)[q].error : done.error();
  }
  return outcomes;
}

std::string Difference(const Outcome& plain, const Outcome& other, const Variation& variation,
                       bool may_reach_limit) {
  const auto report = [&variation](std::string what) {
    return fmt::format("the answer differs with {}: {}", variation.Describe(), what);
  };
  if (!other.violations.empty()) return other.violations[0];
  if (other.error && other.error->kind() == ErrorKind::kLimit) {
    if (variation.refused_after || (variation.memory && may_reach_limit)) return {};
  }
  if (other.error && !plain.error) return report(other.error->message());
  if (!other.error && plain.error) return report("it succeeds");
  if (plain.error) return {};
  if (plain.rows.size() != other.rows.size()) {
    return report(fmt::format("{} rows instead of {}", other.rows.size(), plain.rows.size()));
  }
  const auto [a, b] = std::mismatch(plain.rows.begin(), plain.rows.end(), other.rows.begin());
  if (a == plain.rows.end()) return {};
  return report(fmt::format("row {} is {} instead of {}", a - plain.rows.begin() + 1,
                            Around(*b, *a), Around(*a, *b)));
}

std::vector<std::string> ReadQueries(const std::string& path) {
  std::ifstream in(path);
  Require(static_cast<bool>(in), path);
  std::vector<std::string> queries;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != '#') queries.push_back(line);
  }
  return queries;
}

}  // namespace spelk::tests
