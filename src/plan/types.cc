// Words for the small types.
#include "plan/types.h"

namespace spelk::plan {

std::string_view Describe(Type type) {
  switch (type) {
    case Type::kAny:
      return "any value";
    case Type::kNumber:
      return "a number";
    case Type::kString:
      return "a string";
    case Type::kBoolean:
      return "a Boolean";
    case Type::kNull:
      return "null";
  }
  return "";
}

std::string_view Describe(CommandKind kind) {
  switch (kind) {
    case CommandKind::kDistributableStreaming:
      return "distributable streaming";
    case CommandKind::kCentralizedStreaming:
      return "centralized streaming";
    case CommandKind::kTransforming:
      return "transforming";
    case CommandKind::kGenerating:
      return "generating";
    case CommandKind::kOrchestrating:
      return "orchestrating";
    case CommandKind::kDatasetProcessing:
      return "dataset processing";
  }
  return "";
}

}  // namespace spelk::plan
