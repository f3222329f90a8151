// TransactionGroups: which events belong together, for the command transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/memory.h"
#include "base/string_map.h"
#include "value/batch.h"

namespace spelk::commands {

// Times are microseconds; without one nothing limits.
struct TransactionLimits {
  std::optional<int64_t> span;   // From the first event to the last.
  std::optional<int64_t> pause;  // Between two events.
  std::optional<uint64_t> events;
  uint64_t open = 5000;           // Transactions that are not closed.
  uint64_t open_events = 100000;  // Events in them.
};

struct TransactionRules {
  size_t fields = 0;       // How many fields tell what belongs together; none: everything does.
  bool connected = true;   // An event must share a value with the transaction it joins …
  bool unify_ends = true;  // … even if it is a start or an end.
  bool has_starts = false;
  bool has_ends = false;
  TransactionLimits limits;
};

// A row of a batch that is kept.
struct TransactionEvent {
  std::shared_ptr<const Batch> batch;  // Shared by its rows.
  uint32_t row = 0;
  std::optional<int64_t> time;
  std::vector<std::vector<std::string>> keys;  // The values of each field; empty if it has none.
  bool starts = false;                         // It matches startswith.
  bool ends = false;                           // It matches endswith.
};

struct Transaction {
  std::vector<TransactionEvent> events;        // In the order in which they came.
  std::vector<std::vector<std::string>> keys;  // The values of each field so far.
  uint64_t matches = 0;                        // Fields by which events matched, summed up.
  bool has_start = false;
  bool has_end = false;
  bool closed = false;   // By a limit or by its start.
  bool evicted = false;  // It lacks its start or its end, or too many were open.
  std::optional<int64_t> newest;
  std::optional<int64_t> oldest;
};

// Takes events newest first: an event that ends a transaction is the first of it that is seen, one
// that starts it the last. Of several open transactions that an event could join it joins the one
// with which it shares most fields, of these the one opened last.
class TransactionGroups {
 public:
  // Called with each transaction when nothing can be added to it.
  using Take = std::function<absl::Status(Transaction)>;

  TransactionGroups(const TransactionRules& rules, MemoryBudget* budget, Take take)
      : rules_(rules), reservation_(budget), take_(std::move(take)) {}

  // False: the event has none of the fields, and belongs nowhere.
  absl::StatusOr<bool> Add(TransactionEvent event);
  // The input has ended.
  absl::Status Finish();

  // Transactions that were given up because too many, or too many events, were open.
  uint64_t crowded_out() const { return crowded_out_; }
  bool too_many() const { return too_many_; }
  bool too_many_events() const { return too_many_events_; }

 private:
  struct Open;
  using OpenList = std::list<Open>;
  using Openings = std::list<OpenList::iterator>;
  struct Open {
    Transaction transaction;
    uint64_t number = 0;  // Counts transactions by their opening.
    size_t bytes = 0;
    Openings::iterator by_opening;
  };
  enum class Why : uint8_t { kLimit, kStart, kNextEnd, kNoRoom, kEndOfInput };

  OpenList::iterator Find(const TransactionEvent& event);
  OpenList::iterator FindShared(const TransactionEvent& event, size_t present);
  static size_t Shared(const Transaction& transaction, const TransactionEvent& event,
                       bool* conflict);
  OpenList::iterator Begin();
  absl::Status Join(OpenList::iterator open, TransactionEvent event);
  void AddKeys(Open& open, const TransactionEvent& event);
  absl::Status CloseExpired(int64_t time);
  absl::Status Close(OpenList::iterator open, Why why);
  absl::Status MakeRoom();

  const TransactionRules rules_;
  Reservation reservation_;
  const Take take_;
  OpenList open_;        // Least recently used first.
  Openings by_opening_;  // The first opened first.
  // By the number of a field and its value.
  absl::flat_hash_map<std::string, std::vector<OpenList::iterator>, StringHash, std::equal_to<>>
      by_key_;
  uint64_t opened_ = 0;
  uint64_t open_events_ = 0;
  uint64_t crowded_out_ = 0;
  bool too_many_ = false;
  bool too_many_events_ = false;
};

}  // namespace spelk::commands
