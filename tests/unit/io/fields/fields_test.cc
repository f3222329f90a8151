// What the readers of texts find: pairs, tags, documents, tables; and what they do without memory.
#include <gtest/gtest.h>

#include <string>

#include "base/memory.h"
#include "io/fields/documents.h"
#include "io/fields/key_values.h"
#include "io/fields/tagged_text.h"
#include "io/fields/text_table.h"
#include "io/fields/windows_event.h"

namespace spelk::io {
namespace {

std::string ShownText(const Value& value) {
  std::string text;
  for (const Value& each : value.each()) {
    if (!text.empty()) text += '|';
    text += each.text();
  }
  return text;
}

std::string Printed(TextFields& fields) {
  std::string text;
  for (const TextField& field : fields.Finish()) {
    if (!text.empty()) text += ' ';
    text += std::string(field.name) + "=[" + ShownText(field.value) + "]";
  }
  return text;
}

std::string Pairs(std::string_view text, const KeyValueOptions& options = {}) {
  Arena arena;
  TextFields fields(arena);
  FindKeyValues(text, options, fields);
  return Printed(fields);
}

TEST(KeyValues, BetweenOtherText) {
  EXPECT_EQ(Pairs("x user=ann code=7"), "user=[ann] code=[7]");
  EXPECT_EQ(Pairs("a=1, b=2; c=3|d=4 GET /x?e=5&f=6 HTTP"), "a=[1] b=[2] c=[3] d=[4] e=[5] f=[6]");
  EXPECT_EQ(Pairs("a=1\nb=2\r\nc=3"), "a=[1] b=[2] c=[3]");
  EXPECT_EQ(Pairs("no pairs = here, = nor == there"), "");
  EXPECT_EQ(Pairs("=a =b"), "");
}

TEST(KeyValues, Quotes) {
  EXPECT_EQ(Pairs(R"(a="x y, z=1" b="2")"), "a=[x y, z=1] b=[2]");
  EXPECT_EQ(Pairs(R"("a key"="v")"), "a_key=[v]");
  EXPECT_EQ(Pairs("name='ann b' n=1"), "name=[ann b] n=[1]");
  // auditd: the pairs in single quotes are pairs.
  EXPECT_EQ(Pairs(R"(msg=audit(17.2:6): msg='op=add id=2 exe="/sbin/x" res=ok'UID="root")"),
            R"(msg=[audit(17.2:6):] op=[add] id=[2] exe=[/sbin/x] res=[ok] UID=[root])");
  // A quote that nothing closes is passed over.
  EXPECT_EQ(Pairs(R"(a="x b=1)"), "b=[1]");
  EXPECT_EQ(Pairs("a='x b=1"), "b=[1]");
  EXPECT_EQ(Pairs(R"(a="" b= c=1)"), "c=[1]");
}

TEST(KeyValues, Escapes) {
  const std::string text = R"(a="x \"y\" \\ \n" b=1)";
  EXPECT_EQ(Pairs(text), R"(a=[x \] b=[1])");
  EXPECT_EQ(Pairs(text, {.escapes = true}), R"(a=[x "y" \ \n] b=[1])");
}

TEST(KeyValues, Blanks) {
  EXPECT_EQ(Pairs(R"(a=" x ")"), "a=[x]");
  EXPECT_EQ(Pairs(R"(a=" x ")", {.trim = false}), "a=[ x ]");
}

TEST(KeyValues, Names) {
  EXPECT_EQ(Pairs("user-name=a 9_b.c=d __x=1 _=2 9=3"), "user_name=[a] b_c=[d] x=[1]");
  EXPECT_EQ(Pairs("user-name=a _b.c=d", {.clean_keys = false}), "user-name=[a] _b.c=[d]");
}

TEST(KeyValues, Repeats) {
  EXPECT_EQ(Pairs("a=1 b=2 a=3"), "a=[1] b=[2]");
  EXPECT_EQ(Pairs("a=1 b=2 a=3", {.all_values = true}), "a=[1|3] b=[2]");
}

TEST(KeyValues, Limits) {
  EXPECT_EQ(Pairs("a=1 b=2 c=3", {.limit = 2}), "a=[1] b=[2]");
  EXPECT_EQ(Pairs("a=1 b=2 c=3", {.max_bytes = 6}), "a=[1]");
}

TEST(KeyValues, Delimiters) {
  KeyValueOptions options{.pair_delimiters = "|;", .value_delimiters = "=:"};
  EXPECT_EQ(Pairs("a b: 1 | c=\"x;y\" ;d=2", options), "a_b=[1] c=[x;y] d=[2]");
  // A value with the delimiter in it is none (Search Reference, extract, kvdelim).
  EXPECT_EQ(Pairs("Referer: https://x.com;b:1", options), "b=[1]");
  EXPECT_EQ(Pairs("Referer: \"https://x.com\";b:1", options), "Referer=[https://x.com] b=[1]");
  EXPECT_EQ(Pairs("a;b:;c:3;:4", options), "c=[3]");
  EXPECT_EQ(Pairs("a:1;b:\"x", options), "a=[1] b=[\"x]");
  // One delimiter for both.
  options = {.pair_delimiters = " ", .value_delimiters = " "};
  EXPECT_EQ(Pairs("url http://x ip 10.1.1.9", options), "url=[http://x] ip=[10.1.1.9]");
  options = {.pair_delimiters = "\"{,}", .value_delimiters = ":"};
  EXPECT_EQ(Pairs(R"({"a":"1","b":"x y"})", options), "a=[1] b=[x y]");
  EXPECT_EQ(Pairs("a:1 b:2", {.value_delimiters = ":"}), "a=[1] b=[2]");
  EXPECT_EQ(Pairs("a=1 2#b=3", {.pair_delimiters = "#"}), "a=[1 2] b=[3]");
}

std::string Tags(std::string_view text) {
  Arena arena;
  TextFields fields(arena);
  FindTaggedTexts(text, fields);
  return Printed(fields);
}

TEST(TaggedTexts, LeavesOnly) {
  EXPECT_EQ(Tags("x <a>1</a> y <b k='>'><c>2</c> <d/> </b><e></e>"), "a=[1] c=[2]");
  EXPECT_EQ(Tags("<a>1</a><b> 2 3 </b><a>4</a>"), "a=[1|4] b=[2 3]");
  EXPECT_EQ(Tags("<a><![CDATA[<x>]]></a><b>1</c></b>"), "a=[<x>]");
  EXPECT_EQ(Tags("a < b <c>1</c"), "");
  EXPECT_EQ(Tags("<n:a>&lt;1</n:a>"), "n:a=[&lt;1]");
  EXPECT_EQ(Tags("<a><![CDATA[x"), "");
}

std::string Json(std::string_view text) {
  Arena arena;
  TextFields fields(arena);
  JsonFlattener flattener(nullptr);
  const bool whole = FindJsonFields(text, flattener, fields);
  return (whole ? "" : "no ") + Printed(fields);
}

TEST(Documents, Json) {
  EXPECT_EQ(Json(R"({"ids":[3,1],"m":[{"n":"a"},{"n":"b"}],"o":{"p":1.0,"q":null},"e":[]})"),
            "ids{}=[3|1] m{}.n=[a|b] o.p=[1.0] o.q=[null]");
  EXPECT_EQ(Json(R"( [{"a":"x\ny"}] )"), "{}.a=[x\ny]");
  EXPECT_EQ(Json(R"({"a":1,"a":2})"), "a=[1]");
  EXPECT_EQ(Json("user=ann"), "no ");
  EXPECT_EQ(Json("17"), "no ");
  EXPECT_EQ(Json(R"({"a":1)"), "no ");
  EXPECT_EQ(Json(R"(x {"a":1})"), "no ");
}

TEST(Documents, Xml) {
  Arena arena;
  TextFields fields(arena);
  EXPECT_TRUE(FindXmlFields(
      "<Event xmlns='u'><System><P Name='n'/></System><D Name='a'>1&amp;</D><D>2</D></Event>",
      fields));
  EXPECT_EQ(Printed(fields),
            "Event{@xmlns}=[u] Event.System.P{@Name}=[n] Event.D{@Name}=[a] Event.D=[1&|2]");
  TextFields none(arena);
  EXPECT_FALSE(FindXmlFields("<a><b></a>", none));
  EXPECT_FALSE(FindXmlFields("a=1 <b/>", none));
  EXPECT_EQ(none.size(), 0U);
}

std::string Windows(std::string_view text) {
  Arena arena;
  TextFields fields(arena);
  FindWindowsFields(text, fields);
  return Printed(fields);
}

TEST(WindowsEvents, Xml) {
  EXPECT_EQ(Windows("<Event xmlns='u'><System><Provider Name='P' Guid=\"{1}\"/>"
                    "<EventID Qualifiers='7'>4</EventID><Correlation/><Security UserID='S'/>"
                    "</System><EventData Name='N'><Data Name='Image'>C:\\a&amp;b</Data>"
                    "<Data Name='Two Words'>x </Data><Data Name='e'></Data><Data Name='f'/>"
                    "<Data>1</Data><Data>2</Data><Binary>00</Binary></EventData></Event>"),
            "Name=[P] Guid=[{1}] Qualifiers=[7] EventID=[4] UserID=[S] "
            "System_Props_Xml=[<Provider Name='P' Guid=\"{1}\"/><EventID Qualifiers='7'>4</EventID>"
            "<Correlation/><Security UserID='S'/>] Image=[C:\\a&amp;b] Two_Words=[x ] Data=[1|2] "
            "Binary=[00] EventData_Xml=[<Data Name='Image'>C:\\a&amp;b</Data>"
            "<Data Name='Two Words'>x </Data><Data Name='e'></Data><Data Name='f'/>"
            "<Data>1</Data><Data>2</Data><Binary>00</Binary>]");
  // Of a name that System has, EventData adds a value, UserData and RenderingInfo do not.
  EXPECT_EQ(Windows("<Event><System><Level>4</Level></System><EventData>"
                    "<Data Name='Level'>x</Data></EventData></Event>"),
            "Level=[4|x] System_Props_Xml=[<Level>4</Level>] "
            "EventData_Xml=[<Data Name='Level'>x</Data>]");
  EXPECT_EQ(Windows("<Event><System><Level>4</Level></System><UserData><U><Level>x</Level>"
                    "<A><B>1</B><B>2</B></A></U></UserData></Event>"),
            "Level=[4] System_Props_Xml=[<Level>4</Level>] B=[1|2] "
            "UserData_Xml=[<U><Level>x</Level><A><B>1</B><B>2</B></A></U>]");
  EXPECT_EQ(Windows("<Event><System><Level>4</Level></System><RenderingInfo Culture='c'>"
                    "<Message>m</Message><Level>Info</Level></RenderingInfo></Event>"),
            "Level=[4] System_Props_Xml=[<Level>4</Level>] Message=[m] "
            "RenderingInfo_Xml=[<Message>m</Message><Level>Info</Level>]");
}

TEST(WindowsEvents, XmlInAnyLayout) {
  EXPECT_EQ(Windows("<?xml version='1.0'?>\n<!-- > --><e:Event>\n <e:System>\n  <e:EventID>\n"
                    "  </e:EventID><e:Channel>a > b</e:Channel></e:System>\n</e:Event>"),
            "EventID=[\n  ] Channel=[a > b] System_Props_Xml=[\n  <e:EventID>\n  </e:EventID>"
            "<e:Channel>a > b</e:Channel>]");
  EXPECT_EQ(Windows("<Event><EventData><Data Name='a'><![CDATA[<x>]]></Data></EventData></Event>"),
            "a=[<x>] EventData_Xml=[<Data Name='a'><![CDATA[<x>]]></Data>]");
  // What was cut off.
  EXPECT_EQ(Windows("<Event><System><EventID>5</EventID></System><EventData>"
                    "<Data Name='a'>1</Data><Data Name='b'>2"),
            "EventID=[5] System_Props_Xml=[<EventID>5</EventID>] a=[1] b=[2] "
            "EventData_Xml=[<Data Name='a'>1</Data><Data Name='b'>2]");
  EXPECT_EQ(Windows("<Event><System><Provider Name='"), "System_Props_Xml=[<Provider Name=']");
  EXPECT_EQ(Windows("<Event/><System/>"), "");
  EXPECT_EQ(Windows("<"), "");
  EXPECT_EQ(Windows(""), "");
}

TEST(WindowsEvents, Text) {
  EXPECT_EQ(
      Windows("05/01/2024 10:00:00 AM\r\nLogName=Security\r\nEventCode=4720\r\nEmpty=\r\n"
              "Message=A user account was created.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1\r\n"
              "\tAccount Name:\t\tann\r\n\r\nNew Account:\r\n\tAccount Name:\t\tbob\r\n"
              "\tUntouched:\r\n\tPath:\tC:\\x\r\n"),
      "LogName=[Security] EventCode=[4720] Message=[A user account was created.\r\n\r\n"
      "Subject:\r\n\tSecurity ID:\t\tS-1\r\n\tAccount Name:\t\tann\r\n\r\n"
      "New Account:\r\n\tAccount Name:\t\tbob\r\n\tUntouched:\r\n\tPath:\tC:\\x] "
      "Security_ID=[S-1] Subject_Security_ID=[S-1] Account_Name=[ann|bob] "
      "Subject_Account_Name=[ann] Path=[C:\\x]");
  EXPECT_EQ(Windows("Message="), "");
  EXPECT_EQ(Windows("no pairs"), "");
}

std::string TableRows(std::string_view text, const TextTableOptions& options = {}) {
  Arena arena;
  TextTable table(text, options, arena);
  std::string rows;
  while (table.Next()) {
    if (!rows.empty()) rows += '\n';
    bool first = true;
    for (const TextField& cell : table.cells()) {
      if (!first) rows += ' ';
      first = false;
      rows += std::string(cell.name) + "=[" + ShownText(cell.value) + "]";
    }
  }
  return rows;
}

TEST(TextTableTest, AlignedColumns) {
  EXPECT_EQ(TableRows("Name     Age   Occupation\n"
                      "Josh     42    SoftwareEngineer\n"
                      "Francine 35    CEO\n"),
            "Name=[Josh] Age=[42] Occupation=[SoftwareEngineer]\n"
            "Name=[Francine] Age=[35] Occupation=[CEO]");
  // Names are right above their numbers; the last column takes what is left; START has two words.
  EXPECT_EQ(TableRows("top - 10:00:01 up 3 days\n\n"
                      "  PID USER     START  COMMAND\n"
                      "    1 root     Jan 01 /sbin/init splash\n"
                      "12345 ana      10:05  sh -c x\n"),
            "PID=[1] USER=[root] START=[Jan 01] COMMAND=[/sbin/init splash]\n"
            "PID=[12345] USER=[ana] START=[10:05] COMMAND=[sh -c x]");
  // A cell that is missing.
  EXPECT_EQ(TableRows("Proto  Local  State\nudp    *:53\ntcp    *:80   LISTEN\n"),
            "Proto=[udp] Local=[*:53]\nProto=[tcp] Local=[*:80] State=[LISTEN]");
  EXPECT_EQ(TableRows("A  B  C\n1     3\n"), "A=[1] C=[3]");
}

TEST(TextTableTest, Separators) {
  EXPECT_EQ(TableRows("Name, Age, Address\nTom, 12, \"Shanghai, CN\"\n,8,\n", {.header = 1}),
            "Name=[Tom] Age=[12] Address=[Shanghai, CN]\nAge=[8]");
  EXPECT_EQ(TableRows("a b\tc\n1 2\t3", {.header = 1}), "a_b=[1 2] c=[3]");
}

TEST(TextTableTest, Header) {
  EXPECT_EQ(TableRows("a title of it\n\nx y\n1 2\n", {.header = 2}), "x=[1] y=[2]");
  EXPECT_EQ(TableRows("1 2\n3", {.no_header = true}), "Column_1=[1] Column_2=[2]\nColumn_1=[3]");
  EXPECT_EQ(TableRows("a b\n1 2", {.header = 9}), "");
  EXPECT_EQ(TableRows(""), "");
  EXPECT_EQ(TableRows("%CPU TIME+\n3 4"), "CPU=[3] TIME_=[4]");
}

TEST(TextTableTest, SeveralTables) {
  const std::string text = "AA BB\n1 2\n\nCC DD EE\n3 4 5\n";
  EXPECT_EQ(TableRows(text), "AA=[1] BB=[2]\nCC=[3] DD=[4] EE=[5]");
  EXPECT_EQ(TableRows(text, {.several_tables = false}),
            "AA=[1] BB=[2]\nAA=[CC] BB=[DD EE]\nAA=[3 4] BB=[5]");
}

TEST(TextTableTest, FieldsOfAllRows) {
  Arena arena;
  TextFields fields(arena);
  FindTableFields("AA BB\n1 2\n3 4\n", {}, fields);
  EXPECT_EQ(Printed(fields), "AA=[1|3] BB=[2|4]");
}

// Whatever fails for memory says so, and nothing is made up.
TEST(TextFieldsTest, WithoutMemory) {
  std::string pairs;
  std::string table = "AA BB\n";
  for (int i = 0; i < 3000; ++i) {
    pairs += "k" + std::to_string(i) + "x-y=1 ";
    table += "1 2\n";
  }
  for (const size_t limit : {size_t{0}, size_t{3000}, size_t{20'000}, size_t{60'000}}) {
    MemoryBudget budget(limit);
    Arena arena(&budget);
    TextFields fields(arena);
    FindKeyValues(pairs, {}, fields);
    (void)fields.Finish();
    EXPECT_TRUE(arena.exhausted()) << limit;
    EXPECT_LE(budget.peak(), limit);
    Arena other(&budget);
    TextFields cells(other);
    FindTableFields(table, {}, cells);
    (void)cells.Finish();
    EXPECT_TRUE(other.exhausted()) << limit;
  }
}

// Texts that would make a careless reader look again and again.
TEST(TextFieldsTest, WorkIsBounded) {
  std::string quotes;
  std::string tags;
  for (int i = 0; i < 200'000; ++i) {
    quotes += "a='";
    tags += "<a ";
  }
  EXPECT_EQ(Pairs(quotes), "");
  EXPECT_EQ(Tags(tags), "");
  EXPECT_EQ(Pairs(std::string(1'000'000, '=')), "");
  EXPECT_EQ(Pairs(std::string(1'000'000, '"') + "="), "");
}

}  // namespace
}  // namespace spelk::io
