// Rows that plans which ran first leave for the operators of the plan that holds them.
#pragma once

#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "exec/spool.h"
#include "plan/node.h"

namespace spelk::exec {

// One for each run. Thread-safe; a spool itself belongs to whoever took it.
class RowHandover {
 public:
  // `place` is that of the plan in its holder (`&node.others[i]`), which stays while passes rewrite
  // the plan.
  void Put(const plan::NodePtr* place, std::unique_ptr<Spool> rows) {
    const std::lock_guard lock(mutex_);
    rows_[place] = std::move(rows);
  }
  // Null if nothing was left there, or it was taken.
  std::unique_ptr<Spool> Take(const plan::NodePtr* place) {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(place);
    return found == rows_.end() ? nullptr : std::move(found->second);
  }

 private:
  std::mutex mutex_;
  absl::flat_hash_map<const plan::NodePtr*, std::unique_ptr<Spool>> rows_;
};

}  // namespace spelk::exec
