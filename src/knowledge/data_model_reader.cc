// Reading the JSON of a data model, and checking its tree.
#include "knowledge/data_model_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "base/arena.h"
#include "base/arena_builder.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/json_value.h"

namespace spelk::knowledge {
namespace {

using io::JsonKind;
using io::JsonNode;
using plan::DataModel;
using plan::Dataset;
using plan::ModelCalculation;
using plan::ModelField;

constexpr size_t kMostMemory = size_t{64} << 20U;  // Of the tree of one file.
constexpr size_t kMostDatasets = 1'000;
constexpr size_t kMostParts = 50'000;  // Fields, calculations and constraints of a model.
constexpr size_t kMostAncestors = 32;

constexpr std::string_view kBaseEvent = "BaseEvent";
constexpr std::string_view kBaseSearch = "BaseSearch";
constexpr std::string_view kBaseTransaction = "BaseTransaction";

std::string TextOf(const JsonNode& node, std::string_view key) {
  const JsonNode* member = FindMember(node, key);
  if (member == nullptr) return "";
  const bool text = member->kind == JsonKind::kString || member->kind == JsonKind::kNumber;
  return text ? std::string(member->text) : "";
}

bool FlagIn(const JsonNode& node, std::string_view key) {
  const JsonNode* member = FindMember(node, key);
  return member != nullptr && member->kind == JsonKind::kBool && member->boolean;
}

// One file.
class DataModelReader {
 public:
  DataModelReader(std::string_view name, const std::string& place) : place_(place) {
    model_.name = name;
  }

  absl::StatusOr<plan::DataModelPtr> Read(std::string_view text) {
    MemoryBudget budget(kMostMemory);
    Arena arena(&budget);
    const JsonNode* root = io::ParseJson(text, arena);
    SPELK_RETURN_IF_ERROR(arena.status(place_));
    if (root == nullptr || root->kind != JsonKind::kObject) return Bad("this is no JSON object");
    const JsonNode* objects = FindMember(*root, "objects");
    if (objects == nullptr || objects->kind != JsonKind::kArray) {
      return Bad("a data model has its data sets in \"objects\"");
    }
    model_.place = place_;
    SPELK_ASSIGN_OR_RETURN(model_.text, Printed(*root, arena));
    for (const JsonNode* object = objects->first; object != nullptr; object = object->next) {
      SPELK_RETURN_IF_ERROR(AddDataset(*object, arena));
    }
    SPELK_RETURN_IF_ERROR(FindParents());
    return std::make_shared<const DataModel>(std::move(model_));
  }

 private:
  absl::Status Bad(std::string_view why) const {
    return absl::InvalidArgumentError(fmt::format("{}: {}", place_, why));
  }

  absl::StatusOr<std::string> Printed(const JsonNode& node, Arena& arena) const {
    ArenaText out(arena);
    PrintJson(node, out);
    SPELK_RETURN_IF_ERROR(arena.status(place_));
    return std::string(out.FinishText());
  }

  // Calls `take` with each object of an array, which may be missing.
  template <class Take>
  absl::Status ForEachObject(const JsonNode& node, std::string_view key, Take take) {
    const JsonNode* array = FindMember(node, key);
    if (array == nullptr || array->kind == JsonKind::kNull) return absl::OkStatus();
    if (array->kind != JsonKind::kArray) return Bad(fmt::format("\"{}\" is no array", key));
    for (const JsonNode* each = array->first; each != nullptr; each = each->next) {
      if (each->kind != JsonKind::kObject) {
        return Bad(fmt::format("\"{}\" holds something that is no object", key));
      }
      if (++parts_ > kMostParts) {
        return absl::ResourceExhaustedError(
            fmt::format("{}: a data model has more than {} parts", place_, kMostParts));
      }
      SPELK_RETURN_IF_ERROR(take(*each));
    }
    return absl::OkStatus();
  }

  static std::vector<std::string> TextsOf(const JsonNode& node, std::string_view key) {
    std::vector<std::string> texts;
    const JsonNode* array = FindMember(node, key);
    if (array == nullptr || array->kind != JsonKind::kArray) return texts;
    for (const JsonNode* each = array->first; each != nullptr; each = each->next) {
      if (each->kind == JsonKind::kString) texts.emplace_back(each->text);
    }
    return texts;
  }

  absl::StatusOr<ModelField> ReadField(const JsonNode& node) const {
    ModelField field;
    field.name = TextOf(node, "fieldName");
    if (field.name.empty()) return Bad("a field has no \"fieldName\"");
    field.type = TextOf(node, "type");
    const std::string owner = TextOf(node, "owner");
    field.of_event = owner == kBaseEvent || owner == kBaseSearch || owner == kBaseTransaction ||
                     field.name == "_time" || field.name == "host" || field.name == "source" ||
                     field.name == "sourcetype";
    field.required = FlagIn(node, "required");
    return field;
  }

  absl::Status ReadKind(const JsonNode& node, ModelCalculation* calculation) const {
    const std::string kind = TextOf(node, "calculationType");
    if (kind == "Eval" || kind.empty()) return absl::OkStatus();
    if (kind == "Rex") {
      calculation->kind = ModelCalculation::Kind::kRex;
    } else if (kind == "Lookup") {
      calculation->kind = ModelCalculation::Kind::kLookup;
    } else if (kind == "GeoIP") {
      calculation->kind = ModelCalculation::Kind::kGeoIp;
    } else {
      return Bad(
          fmt::format("the calculation {} is of an unknown type \"{}\"", calculation->id, kind));
    }
    return absl::OkStatus();
  }

  absl::Status AddCalculation(const JsonNode& node, Dataset* dataset) {
    ModelCalculation calculation;
    calculation.id = TextOf(node, "calculationID");
    calculation.expression = TextOf(node, "expression");
    calculation.input = TextOf(node, "inputField");
    calculation.lookup = TextOf(node, "lookupName");
    SPELK_RETURN_IF_ERROR(ReadKind(node, &calculation));
    SPELK_RETURN_IF_ERROR(ForEachObject(node, "lookupInputs", [&](const JsonNode& input) {
      calculation.inputs.emplace_back(TextOf(input, "lookupField"), TextOf(input, "inputField"));
      return absl::OkStatus();
    }));
    SPELK_RETURN_IF_ERROR(ForEachObject(node, "outputFields", [&](const JsonNode& output) {
      SPELK_ASSIGN_OR_RETURN(ModelField field, ReadField(output));
      calculation.outputs.push_back({std::move(field), TextOf(output, "lookupOutputFieldName")});
      return absl::OkStatus();
    }));
    if (calculation.outputs.empty()) {
      return Bad(fmt::format("the calculation {} has no \"outputFields\"", calculation.id));
    }
    dataset->calculations.push_back(std::move(calculation));
    return absl::OkStatus();
  }

  absl::Status AddDataset(const JsonNode& node, Arena& arena) {
    if (node.kind != JsonKind::kObject) return Bad("\"objects\" holds something that is no object");
    if (model_.datasets.size() == kMostDatasets) {
      return absl::ResourceExhaustedError(
          fmt::format("{}: a data model has more than {} data sets", place_, kMostDatasets));
    }
    Dataset dataset;
    dataset.name = TextOf(node, "objectName");
    if (dataset.name.empty()) return Bad("a data set has no \"objectName\"");
    parents_.push_back(TextOf(node, "parentName"));
    dataset.base_search = TextOf(node, "baseSearch");
    dataset.grouped = TextsOf(node, "objectsToGroup");
    dataset.group_by = TextsOf(node, "groupByFields");
    dataset.max_pause = TextOf(node, "transactionMaxPause");
    dataset.max_span = TextOf(node, "transactionMaxTimeSpan");
    SPELK_RETURN_IF_ERROR(ForEachObject(node, "constraints", [&](const JsonNode& constraint) {
      std::string search = TextOf(constraint, "search");
      if (!search.empty()) dataset.constraints.push_back(std::move(search));
      return absl::OkStatus();
    }));
    SPELK_RETURN_IF_ERROR(ForEachObject(node, "fields", [&](const JsonNode& field) {
      SPELK_ASSIGN_OR_RETURN(ModelField read, ReadField(field));
      dataset.fields.push_back(std::move(read));
      return absl::OkStatus();
    }));
    SPELK_RETURN_IF_ERROR(ForEachObject(node, "calculations", [&](const JsonNode& calculation) {
      return AddCalculation(calculation, &dataset);
    }));
    // Their identifiers carry the order in which they build on each other.
    std::stable_sort(
        dataset.calculations.begin(), dataset.calculations.end(),
        [](const ModelCalculation& a, const ModelCalculation& b) { return a.id < b.id; });
    SPELK_ASSIGN_OR_RETURN(dataset.text, Printed(node, arena));
    model_.datasets.push_back(std::move(dataset));
    return absl::OkStatus();
  }

  absl::StatusOr<Dataset::Kind> KindOfRoot(std::string_view parent, std::string_view name) const {
    if (parent == kBaseEvent) return Dataset::Kind::kEvents;
    if (parent == kBaseSearch) return Dataset::Kind::kSearch;
    if (parent == kBaseTransaction) return Dataset::Kind::kTransaction;
    return Bad(fmt::format("the data set {} has a parent that is not there: \"{}\"", name, parent));
  }

  absl::Status FindParents() {
    std::vector<Dataset>& datasets = model_.datasets;
    for (size_t i = 0; i < datasets.size(); ++i) {
      const auto same = [&](const Dataset& other) { return other.name == datasets[i].name; };
      const auto begin = datasets.begin();
      if (std::find_if(begin, begin + static_cast<std::ptrdiff_t>(i), same) !=
          begin + static_cast<std::ptrdiff_t>(i)) {
        return Bad(fmt::format("the data set {} is there twice", datasets[i].name));
      }
      const auto parent = std::find_if(datasets.begin(), datasets.end(), [&](const Dataset& other) {
        return other.name == parents_[i];
      });
      if (parent != datasets.end()) {
        datasets[i].parent = static_cast<size_t>(parent - datasets.begin());
        continue;
      }
      SPELK_ASSIGN_OR_RETURN(datasets[i].kind, KindOfRoot(parents_[i], datasets[i].name));
    }
    for (Dataset& dataset : datasets) SPELK_RETURN_IF_ERROR(FindLineage(&dataset));
    return absl::OkStatus();
  }

  // From the data set up; what goes in a circle never reaches a root.
  absl::Status FindLineage(Dataset* dataset) const {
    dataset->lineage = dataset->name;
    const Dataset* at = dataset;
    for (size_t steps = 0; at->parent != Dataset::kNone; ++steps) {
      if (steps == kMostAncestors) {
        return Bad(fmt::format("the data set {} has more than {} ancestors, or is one of its own",
                               dataset->name, kMostAncestors));
      }
      at = &model_.datasets[at->parent];
      dataset->lineage = fmt::format("{}.{}", at->name, dataset->lineage);
    }
    dataset->kind = at->kind;
    return absl::OkStatus();
  }

  const std::string& place_;
  DataModel model_;
  std::vector<std::string> parents_;  // Of the data sets, by name.
  size_t parts_ = 0;
};

}  // namespace

absl::StatusOr<plan::DataModelPtr> ReadDataModel(std::string_view name, std::string_view text,
                                                 const std::string& place) {
  if (text.size() > kMostModelBytes) {
    return absl::ResourceExhaustedError(
        fmt::format("{}: it is longer than {} bytes", place, kMostModelBytes));
  }
  return DataModelReader(name, place).Read(text);
}

}  // namespace spelk::knowledge
