// Any bytes as Windows events in XML, and as texts from which fields are taken.
#include "fuzz/transcode.h"
#include "io/fields/documents.h"
#include "io/fields/key_values.h"
#include "io/fields/tagged_text.h"
#include "io/fields/text_table.h"
#include "io/fields/windows_event.h"

namespace {

// Little memory, which may be used up.
void TakeFields(std::string_view text) {
  spelk::MemoryBudget budget(size_t{4} << 20U);
  spelk::Arena arena(&budget);
  spelk::io::TextFields fields(arena);
  spelk::io::FindKeyValues(text, {}, fields);
  spelk::io::KeyValueOptions options;
  options.pair_delimiters = ";|";
  options.value_delimiters = ":=";
  options.all_values = true;
  options.escapes = true;
  spelk::io::FindKeyValues(text, options, fields);
  spelk::io::FindTaggedTexts(text, fields);
  spelk::io::FindXmlFields(text, fields);
  spelk::io::FindWindowsFields(text, fields);
  spelk::io::FindTableFields(text, {}, fields);
  for (const spelk::io::TextField& field : fields.Finish()) {
    spelk::fuzz::Require(!field.name.empty() || arena.exhausted(), "a field without a name");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = spelk::fuzz::TextOf(data, size);
  spelk::fuzz::RequireTranscoded(text, &spelk::io::kXmlFormat);
  spelk::fuzz::RequireTranscoded(text, &spelk::io::kJsonFormat);
  TakeFields(text);
  return 0;
}
