// YAML of packs, and packs as JSON: nothing crashes or grows without bound.
#include "engine/pack/pack_reading.h"
#include "fuzz/fuzz.h"
#include "knowledge/app_folder.h"
#include "knowledge/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = spelk::fuzz::TextOf(data, size);
  const auto documents = spelk::knowledge::ReadYaml(text, "x.yml");
  if (documents.ok()) {
    for (const auto& node : *documents) (void)node->Texts("tags");
  }
  const auto folder = spelk::knowledge::AppFolder::OpenFolder("/");
  if (!folder.ok()) return 0;
  spelk::Pack pack;
  spelk::engine::PackFiles files(*folder, &pack);
  (void)spelk::engine::AddDetection(text, "x.yml", files);
  (void)spelk::engine::AddSplFile(text, "x.spl", "x", files);
  (void)spelk::engine::ReadJsonPack(text, "x.json", files);
  return 0;
}
