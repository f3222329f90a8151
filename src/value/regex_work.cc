// What may follow a choice, and how many ways that leaves.
#include "value/regex_work.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "value/literal_search.h"
#include "value/regex_parts.h"

namespace spelk {
namespace {

using Item = RegexPart;
using Sequence = RegexPart::Sequence;
using Kind = RegexPart::Kind;
using Follow = RegexFollow;
using Set = std::bitset<256>;

// ---------------------------------------------------------------- what follows what

constexpr size_t kMostRuns = 32;
constexpr size_t kMostOfRun = 32;
constexpr size_t kFurthest = 32;  // Parts that are looked at.

Follow Anything() {
  Follow any;
  any.first.set();
  return any;
}

void Join(const Follow& other, Follow* follow) {
  follow->first |= other.first;
  follow->accepts = follow->accepts || other.accepts;
  follow->ends = follow->ends && other.ends;
  follow->text_end = follow->text_end || other.text_end;
  follow->by_runs =
      follow->by_runs && other.by_runs && follow->runs.size() + other.runs.size() <= kMostRuns;
  follow->runs.insert(follow->runs.end(), other.runs.begin(), other.runs.end());
  if (!follow->by_runs) follow->runs.clear();
}

Follow FollowOf(const Sequence& sequence, size_t from, const Follow& after, size_t left);

// What a part may begin with; what may be missing lets one see `after`, too.
Follow FirstOf(const Item& item, const Follow& after, size_t left) {
  if (left == 0 || item.looks) return Anything();
  Follow first;
  if (item.kind == Kind::kCharacter) {
    first.first = item.set;
  } else {
    for (size_t b = 0; b < item.branches.size(); ++b) {
      const Follow one = FollowOf(item.branches[b], 0, after, left - 1);
      if (b == 0) {
        first = one;
      } else {
        Join(one, &first);
      }
    }
  }
  if (item.least == 0) Join(after, &first);
  return first;
}

Follow FollowOf(const Sequence& sequence, size_t from, const Follow& after, size_t left) {
  if (left == 0) return Anything();
  if (from == sequence.size()) return after;
  const Item& item = sequence[from];
  if (item.kind == Kind::kAssertion) {
    // What is to match after it is what counts; but before the end it may fail by itself.
    Follow rest = FollowOf(sequence, from + 1, after, left - 1);
    if (!rest.accepts) return rest;
    if (!item.text_end) return Anything();
    rest.accepts = rest.ends = false;
    rest.text_end = true;
    rest.first.set('\n');
    return rest;
  }
  RegexRun run;
  for (size_t i = from; i < sequence.size() && run.text.size() < kMostOfRun; ++i) {
    const Item& one = sequence[i];
    if (one.kind != Kind::kCharacter || !one.literal || one.least != 1 || one.most != 1) break;
    run.text += *one.literal;
    run.fold = run.fold || one.fold;
  }
  if (!run.text.empty()) {
    Follow follow;
    follow.first = item.set;
    follow.by_runs = true;
    follow.runs.push_back(std::move(run));
    return follow;
  }
  const bool further = item.least == 0 || item.kind == Kind::kGroup;
  return FirstOf(item, further ? FollowOf(sequence, from + 1, after, left - 1) : Follow(),
                 left - 1);
}

// All bytes that a match of the part may hold.
Set BytesOf(const Item& item) {
  Set bytes = item.set;
  for (const Sequence& branch : item.branches) {
    for (const Item& part : branch) bytes |= BytesOf(part);
  }
  return bytes;
}

void Link(Item* item, const Follow& after);

void LinkSequence(Sequence* sequence, const Follow& after) {
  for (size_t i = 0; i < sequence->size(); ++i) {
    Item& item = (*sequence)[i];
    const bool choice = item.most > item.least || item.kind == Kind::kGroup;
    if (choice) Link(&item, FollowOf(*sequence, i + 1, after, kFurthest));
  }
}

void Link(Item* item, const Follow& after) {
  item->follow = after;
  if (item->kind == Kind::kCharacter) {
    item->determined =
        item->possessive || (!after.accepts && !after.text_end && (item->set & after.first).none());
    return;
  }
  // Of an atomic group that repeats, each time is tried once, but it may repeat less often.
  item->determined = item->possessive || item->most == item->least;
  Follow inner = after;
  if (item->atomic) {
    inner = Follow();
    inner.accepts = true;
  }
  if (item->most > 1) Join(FirstOf(*item, after, kFurthest), &inner);
  if (item->most > 1) {
    inner.ends = false;
    item->set = BytesOf(*item);
  }
  if (item->branches.size() == 1) {
    const Sequence& only = item->branches[0];
    const auto needed = std::find_if(
        only.begin(), only.end(), [](const Item& part) { return part.literal && part.least > 0; });
    if (needed != only.end()) item->needed = needed->set;
  }
  Set seen;
  item->apart = true;
  for (Sequence& branch : item->branches) {
    const Follow first = FollowOf(branch, 0, inner, kFurthest);
    item->apart = item->apart && !first.accepts && !first.text_end && (first.first & seen).none();
    seen |= first.first;
    LinkSequence(&branch, inner);
  }
}

// ---------------------------------------------------------------- reckoning

constexpr double kFewTimes = 8;

// How many ways there are through a part, and how many steps they take.
struct Cost {
  double ways = 1;
  double steps = 1;
};

class Reckoner {
 public:
  // Without a text, every place may be one where something begins.
  Reckoner(double length, std::string_view text, bool count)
      : length_(length), text_(text), count_(count) {}

  Cost Of(const Sequence& sequence) const {
    Cost all{1, 0};
    for (const Item& item : sequence) {
      if (item.kind == Kind::kAssertion) continue;
      const Cost one = Of(item);
      all.steps += all.ways * one.steps;
      all.ways *= one.ways;
    }
    return all;
  }

  // How often it may be that this begins.
  double Places(const Follow& follow) const {
    if (follow.accepts) return 1;
    if (!count_) return length_;
    double places = follow.text_end ? 2 : 0;
    if (!follow.by_runs) return places + Count(follow.first);
    for (const RegexRun& run : follow.runs) {
      const LiteralFinder finder(run.text, run.fold);
      for (size_t at = finder.Find(text_); at != std::string_view::npos;
           at = finder.Find(text_, at + 1)) {
        ++places;
      }
    }
    return places;
  }

  Cost Of(const Item& item) const {
    if (item.kind == Kind::kCharacter) {
      if (item.most <= 1 && item.least == 1) return {1, 1};
      // The last part of a match runs to its end once; to fail it only takes what it needs.
      if (item.follow.ends) return {1, std::min(item.most, item.least + 1)};
      const double most = std::min(item.most, Longest(item.set) + 1);
      if (item.determined) return {1, most};
      return {std::clamp(most - item.least + 1, 0.0, Places(item.follow) + 1), most};
    }
    Cost inner{0, 0};
    double greatest = 0;
    for (const Sequence& branch : item.branches) {
      const Cost one = Of(branch);
      inner.ways += one.ways;
      inner.steps += one.steps;
      greatest = std::max(greatest, one.ways);
    }
    if (item.apart) inner.ways = greatest;
    if (item.atomic) inner.ways = 1;
    if (item.most <= 1) {
      if (item.least == 0) inner.ways += 1;
      return inner;
    }
    const double length = Longest(item.set);
    double times = std::min(item.most, length + 1);
    if (count_ && item.needed) times = std::min(times, Count(*item.needed) + 1);
    if (inner.ways > 1.5 && item.most <= kFewTimes) {
      const double ways = std::pow(inner.ways, item.most);
      return {ways * (item.most - item.least + 1), ways * inner.steps * item.most};
    }
    if (inner.ways > 1.5) return {kEndless, kEndless};  // A choice each time.
    const double steps = times + length + times * std::min(inner.steps, 64.0);
    if (item.determined) return {1, steps};
    return {std::clamp(times - item.least + 1, 0.0, Places(item.follow) + 1), steps};
  }

 private:
  // How far a repeat can run.
  double Longest(const Set& set) const {
    if (!count_) return length_;
    double longest = 0;
    double run = 0;
    for (const char c : text_) {
      run = set[static_cast<uint8_t>(c)] ? run + 1 : 0;
      longest = std::max(longest, run);
    }
    return longest;
  }

  double Count(const Set& set) const {
    double found = 0;
    for (const char c : text_) found += set[static_cast<uint8_t>(c)] ? 1 : 0;
    return found;
  }

  const double length_;
  const std::string_view text_;
  const bool count_;
};

// The part that the pattern begins with, if there is one.
const Item* FirstItem(const Item& root) {
  const Item* item = &root;
  while (item->kind == Kind::kGroup) {
    if (item->branches.size() != 1 || item->branches[0].empty() || item->most != 1 ||
        item->least != 1 || item->atomic) {
      return nullptr;
    }
    item = item->branches[0].data();
  }
  return item;
}

}  // namespace

RegexWork::RegexWork(std::string_view pattern) {
  auto root = std::make_unique<RegexPart>();
  if (!ReadRegex(pattern, root.get())) return;
  Follow end;
  end.accepts = end.ends = true;
  Link(root.get(), end);
  root_ = std::move(root);
  for (const std::string_view flags : {"(?i)", "(?s)", "(?is)", "(?si)"}) {
    if (pattern.starts_with(flags)) pattern.remove_prefix(flags.size());
  }
  anchored_ = pattern.starts_with('^') && root_->branches.size() == 1;
  // PCRE2 tries what begins with .* at the beginning of lines only.
  const Item* first = FirstItem(*root_);
  lines_ = first != nullptr && first->any && first->least == 0 && first->most == kEndless;
  for (size_t step = size_t{1} << 40U; step > 0; step /= 2) {
    const size_t length = always_bounded_ + step;
    if (StepsFor(static_cast<double>(length), {}, false) <= kMostSteps) always_bounded_ = length;
  }
}

RegexWork::~RegexWork() = default;
RegexWork::RegexWork(RegexWork&&) noexcept = default;
RegexWork& RegexWork::operator=(RegexWork&&) noexcept = default;

double RegexWork::StepsFor(double length, std::string_view text, bool count) const {
  const Reckoner reckoner(length, text, count);
  double starts = 1;
  if (lines_) {
    starts += count ? static_cast<double>(std::count(text.begin(), text.end(), '\n')) : length;
  } else if (!anchored_) {
    Follow end;
    end.accepts = end.ends = true;
    starts += reckoner.Places(FirstOf(*root_, end, kFurthest));
  }
  return length + starts * reckoner.Of(*root_).steps;
}

bool RegexWork::IsBounded(std::string_view text) const {
  if (root_ == nullptr) return false;
  if (text.size() <= always_bounded_) return true;
  return StepsFor(static_cast<double>(text.size()), text, true) <= kMostSteps;
}

}  // namespace spelk
