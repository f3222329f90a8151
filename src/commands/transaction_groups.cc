// Joining, closing and giving up transactions.
#include "commands/transaction_groups.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::commands {
namespace {

std::string KeyOf(size_t field, std::string_view value) {
  std::string key = std::to_string(field);
  key += ' ';
  key += value;
  return key;
}

bool ShareValue(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& value) {
    return std::find(b.begin(), b.end(), value) != b.end();
  });
}

size_t Present(const std::vector<std::vector<std::string>>& keys) {
  return static_cast<size_t>(
      std::count_if(keys.begin(), keys.end(), [](const auto& values) { return !values.empty(); }));
}

size_t BytesOf(const TransactionEvent& event) {
  constexpr size_t kOfValue = 3 * sizeof(std::string) + 64;  // In the event, its group, the index.
  size_t bytes = 2 * sizeof(TransactionEvent) + event.keys.size() * sizeof(event.keys[0]);
  for (const std::vector<std::string>& values : event.keys) {
    for (const std::string& value : values) bytes += kOfValue + 3 * value.size();
  }
  return bytes;
}

}  // namespace

size_t TransactionGroups::Shared(const Transaction& transaction, const TransactionEvent& event,
                                 bool* conflict) {
  size_t shared = 0;
  *conflict = false;
  for (size_t i = 0; i < event.keys.size(); ++i) {
    if (event.keys[i].empty() || transaction.keys[i].empty()) continue;
    if (!ShareValue(event.keys[i], transaction.keys[i])) {
      *conflict = true;
      return 0;
    }
    ++shared;
  }
  return shared;
}

TransactionGroups::OpenList::iterator TransactionGroups::FindShared(const TransactionEvent& event,
                                                                    size_t present) {
  std::vector<const std::vector<OpenList::iterator>*> lists;
  for (size_t i = 0; i < event.keys.size(); ++i) {
    for (const std::string& value : event.keys[i]) {
      const auto found = by_key_.find(KeyOf(i, value));
      if (found != by_key_.end()) lists.push_back(&found->second);
    }
  }
  // What shares all fields is in every list: the shortest is looked through first.
  std::stable_sort(lists.begin(), lists.end(),
                   [](const auto* a, const auto* b) { return a->size() < b->size(); });
  OpenList::iterator best = open_.end();
  size_t most = 0;
  for (const auto* list : lists) {
    for (const OpenList::iterator open : *list) {
      bool conflict = false;
      const size_t shared = Shared(open->transaction, event, &conflict);
      if (conflict || shared < most) continue;
      if (shared == most && best != open_.end() && open->number <= best->number) continue;
      most = shared;
      best = open;
    }
    if (most == present) break;
  }
  return best;
}

TransactionGroups::OpenList::iterator TransactionGroups::Find(const TransactionEvent& event) {
  if (open_.empty()) return open_.end();
  if (rules_.fields == 0) return std::prev(open_.end());
  const size_t present = Present(event.keys);
  const OpenList::iterator best = FindShared(event, present);
  const bool may_stand_apart =
      (!rules_.connected && present > 0) || (!rules_.unify_ends && (event.starts || event.ends));
  if (best != open_.end() || !may_stand_apart) return best;
  for (auto each = by_opening_.rbegin(); each != by_opening_.rend(); ++each) {
    bool conflict = false;
    (void)Shared((*each)->transaction, event, &conflict);
    if (!conflict) return *each;
  }
  return open_.end();
}

TransactionGroups::OpenList::iterator TransactionGroups::Begin() {
  const OpenList::iterator open = open_.emplace(open_.end());
  open->number = ++opened_;
  open->transaction.keys.resize(rules_.fields);
  open->by_opening = by_opening_.insert(by_opening_.end(), open);
  return open;
}

absl::StatusOr<bool> TransactionGroups::Add(TransactionEvent event) {
  if (event.time) SPELK_RETURN_IF_ERROR(CloseExpired(*event.time));
  OpenList::iterator open = Find(event);
  if (event.ends && open != open_.end()) {
    // It ends another one, before this: what is open has all it can get.
    SPELK_RETURN_IF_ERROR(Close(open, Why::kNextEnd));
    open = open_.end();
  }
  const bool marks = (event.starts || event.ends) && !rules_.unify_ends;
  if (open == open_.end()) {
    if (rules_.fields > 0 && Present(event.keys) == 0 && !marks) return false;
    open = Begin();
  }
  const bool starts = event.starts;
  SPELK_RETURN_IF_ERROR(Join(open, std::move(event)));
  if (starts) {
    SPELK_RETURN_IF_ERROR(Close(open, Why::kStart));
  } else if (rules_.limits.events && open->transaction.events.size() >= *rules_.limits.events) {
    SPELK_RETURN_IF_ERROR(Close(open, Why::kLimit));
  }
  SPELK_RETURN_IF_ERROR(MakeRoom());
  return true;
}

void TransactionGroups::AddKeys(Open& open, const TransactionEvent& event) {
  Transaction& transaction = open.transaction;
  const OpenList::iterator self = std::prev(open_.end());  // It was used just now.
  for (size_t i = 0; i < event.keys.size(); ++i) {
    for (const std::string& value : event.keys[i]) {
      std::vector<std::string>& known = transaction.keys[i];
      if (std::find(known.begin(), known.end(), value) != known.end()) continue;
      known.push_back(value);
      by_key_[KeyOf(i, value)].push_back(self);
    }
  }
}

absl::Status TransactionGroups::Join(OpenList::iterator open, TransactionEvent event) {
  const size_t bytes = BytesOf(event);
  if (!reservation_.Grow(bytes)) {
    return reservation_.budget()->Exhausted("transaction", bytes);
  }
  open->bytes += bytes;
  open_.splice(open_.end(), open_, open);
  Transaction& transaction = open->transaction;
  bool conflict = false;
  transaction.matches +=
      transaction.events.empty() ? Present(event.keys) : Shared(transaction, event, &conflict);
  AddKeys(*open, event);
  transaction.has_start = transaction.has_start || event.starts;
  transaction.has_end = transaction.has_end || event.ends;
  if (event.time) {
    if (!transaction.newest) transaction.newest = event.time;
    transaction.oldest = event.time;
  }
  event.keys.clear();
  transaction.events.push_back(std::move(event));
  ++open_events_;
  return absl::OkStatus();
}

// What is too far from the time at hand cannot get another event.
absl::Status TransactionGroups::CloseExpired(int64_t time) {
  const auto beyond = [time](const std::optional<int64_t>& from,
                             const std::optional<int64_t>& most) {
    return from && most && *from - time > *most;
  };
  // Those opened first have the newest events, those used longest ago the newest last ones.
  if (rules_.limits.span) {
    for (auto each = by_opening_.begin(); each != by_opening_.end();) {
      const OpenList::iterator open = *each++;
      if (!open->transaction.newest) continue;
      if (!beyond(open->transaction.newest, rules_.limits.span)) break;
      SPELK_RETURN_IF_ERROR(Close(open, Why::kLimit));
    }
  }
  if (rules_.limits.pause) {
    for (OpenList::iterator each = open_.begin(); each != open_.end();) {
      const OpenList::iterator open = each++;
      if (!open->transaction.oldest) continue;
      if (!beyond(open->transaction.oldest, rules_.limits.pause)) break;
      SPELK_RETURN_IF_ERROR(Close(open, Why::kLimit));
    }
  }
  return absl::OkStatus();
}

absl::Status TransactionGroups::MakeRoom() {
  while (!open_.empty() &&
         (open_.size() > rules_.limits.open || open_events_ > rules_.limits.open_events)) {
    ++crowded_out_;
    const bool too_many = open_.size() > rules_.limits.open;
    (too_many ? too_many_ : too_many_events_) = true;
    SPELK_RETURN_IF_ERROR(Close(open_.begin(), Why::kNoRoom));
  }
  return absl::OkStatus();
}

absl::Status TransactionGroups::Close(OpenList::iterator open, Why why) {
  Transaction transaction = std::move(open->transaction);
  for (size_t i = 0; i < transaction.keys.size(); ++i) {
    for (const std::string& value : transaction.keys[i]) {
      const auto list = by_key_.find(KeyOf(i, value));
      std::erase(list->second, open);
      if (list->second.empty()) by_key_.erase(list);
    }
  }
  open_events_ -= transaction.events.size();
  reservation_.Resize(reservation_.bytes() - open->bytes);
  by_opening_.erase(open->by_opening);
  open_.erase(open);
  const bool whole =
      (!rules_.has_starts || transaction.has_start) && (!rules_.has_ends || transaction.has_end);
  transaction.evicted = !whole || why == Why::kNoRoom;
  transaction.closed = !transaction.evicted && (why == Why::kLimit || why == Why::kStart);
  return take_(std::move(transaction));
}

absl::Status TransactionGroups::Finish() {
  while (!open_.empty()) SPELK_RETURN_IF_ERROR(Close(open_.begin(), Why::kEndOfInput));
  return absl::OkStatus();
}

}  // namespace spelk::commands
