// analyzefields (af): how well a number tells to which class its row belongs.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kAnalyzeFieldsColumns[] = {"field", "count", "cocur", "acc", "balacc"};

struct AnalyzeFieldsNode final : plan::Node {
  static constexpr std::string_view kName = "analyzefields";
  Field class_field;
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores, .runs = Runs::kSink};
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return columns.size() == std::size(kAnalyzeFieldsColumns);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("classfield", class_field);
    visit("columns", columns);
  }
};

constexpr uint32_t kNoClass = std::numeric_limits<uint32_t>::max();

// The numbers of a field in the rows of one class.
struct ClassNumbers {
  uint64_t count = 0;
  double mean = 0;
  double stdev = 0;
  uint64_t right = 0;  // Rows that their number puts into this class.
};

// Which class a number is nearest to, in standard deviations from the mean of each: there its
// z-probability is highest. Kept as the lower envelope of the distances, of which any two cross
// once on either side of both means (a Li Chao tree), so that many classes cost their logarithm.
class NearestClass {
 public:
  // `points` are all numbers that will be asked for, ascending, each once; of classes that are
  // equally near the first is taken.
  NearestClass(const std::vector<ClassNumbers>& classes, const std::vector<double>& points)
      : classes_(classes), points_(points), best_(4 * points.size(), kNoClass) {
    for (uint32_t c = 0; c < classes.size(); ++c) {
      if (classes[c].count == 0) continue;
      const double mean = classes[c].mean;
      const auto at = [&](auto bound) { return static_cast<size_t>(bound - points.begin()); };
      const size_t from = at(std::lower_bound(points.begin(), points.end(), mean));
      const size_t behind = at(std::upper_bound(points.begin(), points.end(), mean));
      // Where all numbers are the same there is no other place with any probability.
      const bool point = classes[c].stdev == 0;
      Insert(c, point ? from : 0, behind, 1, 0, points.size());
      Insert(c, from, point ? behind : points.size(), 1, 0, points.size());
    }
  }
  static size_t BytesFor(size_t points) { return 4 * points * sizeof(uint32_t); }

  uint32_t At(size_t point) const {
    uint32_t nearest = kNoClass;
    size_t low = 0;
    size_t high = points_.size();
    for (size_t node = 1;;) {
      if (best_[node] != kNoClass && IsNearer(best_[node], nearest, point)) nearest = best_[node];
      if (high - low == 1) return nearest;
      const size_t middle = low + (high - low) / 2;
      node = 2 * node + (point < middle ? 0 : 1);
      (point < middle ? high : low) = middle;
    }
  }

 private:
  double DistanceTo(uint32_t c, size_t point) const {
    const double away = std::abs(points_[point] - classes_[c].mean);
    return away == 0 ? 0 : away / classes_[c].stdev;
  }
  bool IsNearer(uint32_t a, uint32_t b, size_t point) const {
    if (b == kNoClass) return true;
    const double left = DistanceTo(a, point);
    const double right = DistanceTo(b, point);
    return left < right || (left == right && a < b);
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the logarithm of the number of points.
  void Insert(uint32_t c, size_t from, size_t to, size_t node, size_t low, size_t high) {
    if (from >= to || to <= low || high <= from) return;
    const size_t middle = low + (high - low) / 2;
    if (low < from || to < high) {
      Insert(c, from, to, 2 * node, low, middle);
      Insert(c, from, to, 2 * node + 1, middle, high);
      return;
    }
    uint32_t& best = best_[node];
    if (best == kNoClass || IsNearer(c, best, middle)) std::swap(c, best);
    if (c == kNoClass || high - low == 1) return;
    if (IsNearer(c, best, low)) Insert(c, low, middle, 2 * node, low, middle);
    if (IsNearer(c, best, high - 1)) Insert(c, middle, high, 2 * node + 1, middle, high);
  }

  const std::vector<ClassNumbers>& classes_;
  const std::vector<double>& points_;
  std::vector<uint32_t> best_;
};

class AnalyzeFields final : public WholeSink {
 public:
  AnalyzeFields(const AnalyzeFieldsNode& node, const exec::RunContext& run)
      : WholeSink("analyzefields", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    run().warnings->Add(ErrorCode::kDiffers,
                        "analyzefields: Splunk describes its prediction in words only; acc and "
                        "balacc are those of the nearest mean in standard deviations: `spelk help "
                        "analyzefields`");
    SPELK_ASSIGN_OR_RETURN(const std::vector<uint32_t> classes, ClassesOf(rows));
    std::vector<Field> sorted = fields;
    std::sort(sorted.begin(), sorted.end(), [](Field a, Field b) { return a.name() < b.name(); });
    WideRows table(node_.columns, run(), "analyzefields", out);
    for (const Field field : sorted) {
      if (field.hidden() || field.internal() || field == node_.class_field) continue;
      SPELK_RETURN_IF_ERROR(Study(rows, field, classes, table));
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    return table.Finish();
  }

  // The class of each row, numbered by how many rows it has, then by text: the first one wins where
  // two are equally near.
  absl::StatusOr<std::vector<uint32_t>> ClassesOf(AllRows& rows) const {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (sizeof(Value) + sizeof(uint32_t))));
    absl::flat_hash_map<std::string, uint32_t> known;
    std::vector<std::pair<std::string, uint64_t>> seen;
    std::vector<uint32_t> classes;
    for (const Value& value : rows.ValuesOf(node_.class_field)) {
      if (value.is_null()) {
        classes.push_back(kNoClass);
        continue;
      }
      std::string text = TextOf(value);
      const auto [place, added] = known.emplace(text, static_cast<uint32_t>(seen.size()));
      if (added) {
        SPELK_RETURN_IF_ERROR(rows.Reserve(200 + 2 * text.size() + 2 * sizeof(ClassNumbers)));
        seen.emplace_back(std::move(text), 0);
      }
      ++seen[place->second].second;
      classes.push_back(place->second);
    }
    std::vector<uint32_t> order(seen.size());
    for (uint32_t c = 0; c < order.size(); ++c) order[c] = c;
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      if (seen[a].second != seen[b].second) return seen[a].second > seen[b].second;
      return seen[a].first < seen[b].first;
    });
    std::vector<uint32_t> rank(seen.size());
    for (uint32_t c = 0; c < order.size(); ++c) rank[order[c]] = c;
    for (uint32_t& of_row : classes) {
      if (of_row != kNoClass) of_row = rank[of_row];
    }
    return classes;
  }

  absl::Status Study(AllRows& rows, Field field, const std::vector<uint32_t>& classes,
                     WideRows& table) const {
    uint64_t count = 0;
    std::vector<std::pair<double, uint32_t>> numbers;  // With a class.
    Reservation reservation(run().budget);
    const size_t row_bytes = sizeof(Value) + sizeof(numbers[0]) + sizeof(double);
    const size_t bytes = rows.size() * row_bytes + NearestClass::BytesFor(rows.size());
    if (!reservation.Resize(bytes)) return run().budget->Exhausted("analyzefields", bytes);
    const std::vector<Value> values = rows.ValuesOf(field);
    numbers.reserve(values.size());
    for (size_t r = 0; r < values.size(); ++r) {
      if (values[r].is_null()) continue;
      const std::optional<Number> number = NumberOf(values[r]);
      if (!number || !std::isfinite(number->value)) return absl::OkStatus();  // Not numeric.
      ++count;
      if (classes[r] != kNoClass) numbers.emplace_back(number->value, classes[r]);
    }
    if (count == 0) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(table.Begin());
    table.Set(0, Value::Text(field.name()));
    table.Set(1, Value::Integer(static_cast<int64_t>(count)));
    const auto with_class = std::count_if(classes.begin(), classes.end(),
                                          [](uint32_t of_row) { return of_row != kNoClass; });
    // Of no rows with a class none has the field.
    const double least_rows = static_cast<double>(std::max<std::ptrdiff_t>(with_class, 1));
    table.Set(2, NumberValue(static_cast<double>(numbers.size()) / least_rows));
    if (numbers.empty()) return absl::OkStatus();
    const std::vector<ClassNumbers> predicted = Predict(&numbers);
    uint64_t right = 0;
    uint64_t present = 0;
    ExactSum shares;
    for (const ClassNumbers& each : predicted) {
      if (each.count == 0) continue;
      ++present;
      right += each.right;
      shares.Add(static_cast<double>(each.right) / static_cast<double>(each.count));
    }
    table.Set(3, NumberValue(static_cast<double>(right) / static_cast<double>(count)));
    table.Set(4, NumberValue(shares.Result() / static_cast<double>(present)));
    return absl::OkStatus();
  }

  // How many rows of each class are nearest to their own.
  static std::vector<ClassNumbers> Predict(std::vector<std::pair<double, uint32_t>>* numbers) {
    std::sort(numbers->begin(), numbers->end());
    uint32_t most = 0;
    for (const auto& [number, of_row] : *numbers) most = std::max(most, of_row);
    std::vector<ClassNumbers> classes(size_t{most} + 1);
    std::vector<double> points;
    for (const auto& [number, of_row] : *numbers) {
      ClassNumbers& each = classes[of_row];
      ++each.count;
      // The running mean and sum of squared distances: what it is far from zero costs no digits.
      const double away = number - each.mean;
      each.mean += away / static_cast<double>(each.count);
      each.stdev += away * (number - each.mean);
      if (points.empty() || points.back() != number) points.push_back(number);
    }
    for (ClassNumbers& each : classes) {
      const double below = static_cast<double>(std::max<uint64_t>(each.count, 2) - 1);
      each.stdev = std::sqrt(std::max(each.stdev, 0.0) / below);
    }
    const NearestClass nearest(classes, points);
    size_t point = 0;
    for (const auto& [number, of_row] : *numbers) {
      while (points[point] != number) ++point;
      if (nearest.At(point) == of_row) ++classes[of_row].right;
    }
    return classes;
  }

  const AnalyzeFieldsNode& node_;
};

absl::StatusOr<plan::NodePtr> BindAnalyzeFields(const ast::CommandCall& call,
                                                plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<AnalyzeFieldsNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string name, binder.Text(call, "classfield"));
  if (name.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the class is missing",
                        {"usage: analyzefields classfield=<field>"});
  }
  node->class_field = binder.Intern(name);
  for (const std::string_view column : kAnalyzeFieldsColumns)
    node->columns.push_back(binder.Intern(column));
  return node;
}

exec::OperatorPtr BuildAnalyzeFields(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<AnalyzeFields>(plan::As<AnalyzeFieldsNode>(node), run);
}

constexpr std::string_view kAnalyzeFieldsAliases[] = {"af"};
constexpr Argument kAnalyzeFieldsArguments[] = {
    {.name = "classfield",
     .type = "field",
     .fallback = "",
     .summary = "Whose value is to be told from the numbers; best "
                "one with two different values.",
     .is_option = true}};
constexpr std::string_view kAnalyzeFieldsNotes[] = {
    "a row for each field whose values are all numbers, by name: how many rows have it (count); "
    "the share of the rows with a class that have it, too (cocur), 0 where no row has a class; the "
    "share of the rows with the field that its number puts into their class (acc), in which rows "
    "without a class count as wrong; and the mean over the classes of the share of their rows that "
    "it puts there (balacc)",
    "a field that no row with a class has predicts nothing: no acc, no balacc",
    "a number is put into the class whose mean is nearest, in standard deviations of that class's "
    "numbers; of equally near ones into the class of more rows",
    "a multivalue is no number; as a class it is one value"};
constexpr Example kAnalyzeFieldsExamples[] = {
    {.title = "Which number tells whether a request failed",
     .input = R"({"ok":"y","ms":1,"n":5} {"ok":"y","ms":3,"n":9} {"ok":"n","ms":90,"n":5} )"
              R"({"ok":"n","ms":94,"n":9})",
     .query = "analyzefields classfield=ok",
     .output = R"({"field":"ms","count":4,"cocur":1,"acc":1,"balacc":1} )"
               R"({"field":"n","count":4,"cocur":1,"acc":0.5,"balacc":0.5})"},
};

constexpr plan::NodeEntry kAnalyzeFieldsNodes[] = {
    {&plan::TypeOf<AnalyzeFieldsNode>, &BuildAnalyzeFields}};

}  // namespace

extern constexpr CommandEntry kAnalyzeFields = {
    .name = "analyzefields",
    .aliases = kAnalyzeFieldsAliases,
    .signature = "analyzefields classfield=<field>",
    .summary = "Tells how well numbers predict the value of another field.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAnalyzeFieldsArguments,
    .notes = kAnalyzeFieldsNotes,
    .differs =
        "Splunk describes its prediction in words only; `spelk help analyzefields` tells how it is "
        "done here.",
    .examples = kAnalyzeFieldsExamples,
    .nodes = kAnalyzeFieldsNodes,
    .bind = &BindAnalyzeFields,
};

}  // namespace spelk::commands
