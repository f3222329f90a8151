// AnalyticRows: the rows of one analytic of a pack, counted by host and time, the first of them
// kept.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.h"
#include "engine/compile.h"
#include "engine/event_writer.h"
#include "engine/run.h"
#include "spelk/pack.h"
#include "value/field_order.h"

namespace spelk::engine {

class AnalyticRows final : public RowSink {
 public:
  // Keeps so many rows, as long as `kept`, the bytes of all analytics, are few enough. `places`:
  // counts hosts and times. The core and `kept` outlive it.
  AnalyticRows(const Core& core, size_t rows, bool places, size_t* kept)
      : core_(core), most_(rows), places_(places), kept_(*kept) {}

  absl::Status Begin(const plan::OutputShape& shape, const exec::RunContext& run) override;
  absl::Status Take(Batch batch) override;
  absl::Status End() override;

  void MoveTo(AnalyticResult* result);

 private:
  absl::Status Keep(const Batch& batch);
  void AppendRow(const Batch& batch, size_t row, std::string* out) const;
  absl::Status Count(const Batch& batch);
  void CountHost(const Value& host);
  void CountTime(const Value& time);

  const Core& core_;
  const size_t most_;
  const bool places_;
  size_t& kept_;
  std::unique_ptr<Reservation> reservation_;
  std::unique_ptr<EventWriter> events_;
  FieldOrder order_;
  std::vector<std::string> rows_;
  bool cut_ = false;
  std::map<std::string, uint64_t, std::less<>> hosts_;
  std::map<int64_t, uint64_t> minutes_;
};

}  // namespace spelk::engine
