// LineMerger: puts the lines of a text together to events, as SHOULD_LINEMERGE of props.conf does.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "io/formats/expression.h"
#include "io/input.h"

namespace spelk::io {

class LineMerger {
 public:
  // InvalidArgument for what is no regular expression.
  static absl::StatusOr<std::unique_ptr<LineMerger>> Make(const LineMerging& merging);

  // The next line, without its end. Gives the event before it to `take` where that is over.
  using TakeEvent = std::function<void(std::string_view event)>;
  void Add(std::string_view line, const TakeEvent& take);
  // The last event.
  void Finish(const TakeEvent& take);
  // How many events were too long to be held, and cut.
  uint64_t cuts() const { return cuts_; }

 private:
  explicit LineMerger(const LineMerging& merging) : merging_(merging) {}
  bool Begins(std::string_view line) const;
  bool HasDate(std::string_view line) const;

  const LineMerging merging_;
  Expression before_;
  Expression after_;
  Expression not_after_;
  Expression not_before_;
  Expression prefix_;
  Expression date_;
  std::string event_;
  size_t lines_ = 0;         // Of the event.
  bool must_break_ = false;  // Before the next line.
  bool held_ = false;        // No break until a line says so.
  uint64_t cuts_ = 0;
  bool in_cut_ = false;  // The event at hand goes on after a cut.
};

}  // namespace spelk::io
