// Any JSON as a data model: it is refused, or every data set of it has a search, and what a search
// names in it is found.
#include "fuzz/fuzz.h"
#include "knowledge/data_model_reader.h"
#include "plan/bind/dataset_search.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spelk;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<plan::DataModelPtr> model =
      knowledge::ReadDataModel("M", text, "fuzz/M.json");
  if (!model.ok()) return 0;
  for (const plan::Dataset& dataset : (*model)->datasets) {
    fuzz::Require((*model)->PathTo(dataset).back() == &dataset, "a path ends at its data set");
    plan::DatasetSearch search(**model, dataset);
    fuzz::Require(!search.Text(plan::DatasetNames::kBare).empty(), "a data set has a search");
    search.NeedNothingElse();
    for (const std::string& name : search.Names()) {
      fuzz::Require(search.Resolve(name).kind != plan::DatasetField::Kind::kUnknown, name);
      search.Need(name);
    }
    fuzz::Require(!search.Text(plan::DatasetNames::kPrefixed).empty(), "a data set has a search");
  }
  return 0;
}
