// SeriesNames: what the columns of a chart are called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "value/field.h"

namespace spelk::commands {

// sep= and format= of chart, timechart and xyseries.
struct SeriesFormat {
  bool several = false;  // There are several statistics: both names show.
  std::string sep;       // Between them …
  std::string format;    // … or, if not empty, a text with $AGG$ and $VAL$ in it.

  std::string NameOf(std::string_view statistic, std::string_view series) const;
};

// A value of the split field as the name of a column: VALUE stands before one that is empty or the
// name of the first column.
std::string SeriesLabel(std::string_view value, std::string_view first_column);

}  // namespace spelk::commands
