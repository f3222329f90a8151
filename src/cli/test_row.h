// Rows as tests compare them: names and the texts of their values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spelk::cli {

// Of an event, members of objects are named by their path (a.b), items of arrays are several
// values.
struct Row {
  // Null values are left out. A value with `{}` after its name is the same without.
  std::vector<std::pair<std::string, std::vector<std::string>>> fields;

  const std::vector<std::string>* Find(std::string_view name) const;
  void Add(std::string name, std::string value);
  std::string Json() const;
};

// A JSON object; nothing if it is none.
std::optional<Row> ParseRow(std::string_view json);
std::string JsonText(std::string_view text);
// Whether a text is a number as JSON writes it.
bool IsJsonNumber(std::string_view text);

// A number equals the same number written otherwise.
bool SameValues(const std::vector<std::string>& a, const std::vector<std::string>& b);
bool SameRow(const Row& a, const Row& b);
// All fields of `part` are in the row, with the same values.
bool HasFields(const Row& row, const Row& part);

// What is missing, what is too many, and cells that differ. Rows that are alike are compared with
// each other.
std::string DiffRows(const std::vector<Row>& wanted, const std::vector<Row>& got, bool ordered,
                     bool colour);

}  // namespace spelk::cli
