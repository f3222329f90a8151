// QueryRun: one run of some queries for a caller's function, at once or step by step.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "spelk/engine.h"

namespace spelk::engine {

// Used by one thread at a time.
class QueryRun {
 public:
  // At least one query; all are of one engine.
  static absl::StatusOr<std::unique_ptr<QueryRun>> Make(
      const std::vector<Query>& queries, const Input& input, const RunOptions& options,
      std::function<Flow(size_t query, const RowBatch& rows)> take);
  ~QueryRun();

  // All of it, with the workers of the options.
  absl::StatusOr<std::vector<Summary>> RunToEnd();

  // A small part of it, on the calling thread; false when it is over.
  bool Step();
  // After the last step.
  absl::StatusOr<std::vector<Summary>> Finish();

 private:
  struct Parts;
  explicit QueryRun(std::unique_ptr<Parts> parts);
  absl::Status Start();

  std::unique_ptr<Parts> parts_;
  bool started_ = false;
};

}  // namespace spelk::engine
