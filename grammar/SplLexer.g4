// The words of SPL. Strings, comments, macros and brackets are the same everywhere; the rest depends on
// the small language that a command is written in, and each of these has a mode. src/syntax/lexer.cc
// chooses the mode before every token, by the shapes that the command's entry declares. A character is a
// byte here, and every byte of a character beyond ASCII reads as U+007F, which keeps the tables small.
lexer grammar SplLexer;

tokens {
  // The name of a command, by the shape of the command.
  WORD,                  // Every mode has its own rule for words.
  SEARCH_COMMAND, EXPRESSION_COMMAND, ASSIGNMENT_COMMAND, ARGUMENT_COMMAND,
  STAGE_MACRO,           // A macro in the place of a command.

  // What lexer.cc makes of a WORD, by its text and place.
  AND, OR, NOT, XOR, LIKE, IN,
  NOT_BEFORE_IN,         // The NOT of `field NOT IN (…)` in search.
  LONE_IN,               // The IN of `field IN value` in search, which lacks its list.
  DIRECTIVE,             // CASE, TERM or PREFIX right before a parenthesis.
  EVAL,                  // The eval of `eval(…)` among arguments.
  AS, BY, OVER, OUTPUT, OUTPUTNEW, WHERE, SEARCH_WHERE, FROM,

  // What lexer.cc makes of a LPAREN.
  CALL_PAREN,            // Of a call among arguments: count(…).
  SEARCH_PAREN,          // Of an option's value that holds search terms.

  LIST_COMMA,            // What lexer.cc makes of a COMMA within an option's value: mvlist=a,b.
  SUBSEARCH              // What parse.cc makes of [ … ]: a pipeline that was parsed by itself.
}

@members {
  // Reads the tables that ANTLR made; what the generated file would otherwise do before main.
  static void Prepare();
}

@definitions {
  void SplLexer::Prepare() { static const Initializer once; }
}

// ---------------------------------------------------------------- the same everywhere

BLANKS : [ \t\r\n]+ -> channel(HIDDEN) ;

STRING : Quoted ;
OPEN_STRING : '"' ( ~["\\] | '\\' . )* '\\'? ;
fragment Quoted : '"' ( ~["\\] | '\\' . )* '"' ;

// The character after the opening is no backquote: a run of four is not a comment.
COMMENT : '```' CommentText '```' -> channel(HIDDEN) ;
OPEN_COMMENT : '```' ( CommentText '`'? '`'? )? ;
fragment CommentText : ~'`' ( ~'`' | '`' ~'`' | '``' ~'`' )* ;
BACKQUOTES : '````' '`'* ;

MACRO : '`' ( ~["`] | Quoted )+ '`' ;
OPEN_MACRO : '`' ( ~["`] | Quoted )* ;

PIPE : '|' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;

// ---------------------------------------------------------------- where a command's name is due

mode COMMAND;
COMMAND_WORD : [A-Za-z0-9_\u007F] [A-Za-z0-9_.:\-\u007F]* -> type(WORD) ;
OTHER : . ;

// ---------------------------------------------------------------- search terms

mode SEARCH;
EQ : '=' '='? ;
NEQ : '!=' ;
LT : '<' ;
LE : '<=' ;
GT : '>' ;
GE : '>=' ;
// Nearly anything is part of a word; a backslash takes a quote, a pipe or a backslash along. lexer.cc
// gives a last `!` back if `=` follows, so that f!=x is a comparison.
SEARCH_WORD : ( SearchCharacter | '\\' ( SearchCharacter | ["|\\] ) )+ '\\'? -> type(WORD) ;
SEARCH_BACKSLASH : '\\' -> type(WORD) ;
SEARCH_OTHER : . -> type(OTHER) ;
fragment SearchCharacter : ~[ \t\r\n()"=<>[\]|`\\] ;

// The parenthesised list of IN.
mode LIST;
COMMA : ',' ;
LIST_WORD : ( ListCharacter | '\\' ( ListCharacter | ["|\\] ) )+ '\\'? -> type(WORD) ;
LIST_BACKSLASH : '\\' -> type(WORD) ;
LIST_OTHER : . -> type(OTHER) ;
fragment ListCharacter : ~[ \t\r\n()",=<>[\]|`\\] ;

// The text of TERM(…), CASE(…) and PREFIX(…), which is not read as anything.
mode RAW;
RAW_TEXT : ( ~[")] | Quoted )+ ;
RAW_OTHER : . -> type(OTHER) ;

// ---------------------------------------------------------------- arguments of commands

mode ARGUMENTS;
ARGUMENTS_EQ : '=' '='? -> type(EQ) ;
ARGUMENTS_NEQ : '!=' -> type(NEQ) ;
ARGUMENTS_LT : '<' -> type(LT) ;
ARGUMENTS_LE : '<=' -> type(LE) ;
ARGUMENTS_GT : '>' -> type(GT) ;
ARGUMENTS_GE : '>=' -> type(GE) ;
ARGUMENTS_COMMA : ',' -> type(COMMA) ;
SIGN : [+\-] ;
ARGUMENTS_ARROW : '->' -> type(WORD) ;
ARGUMENTS_WORD : WordStart WordPart* '\\'? -> type(WORD) ;
ARGUMENTS_BACKSLASH : '\\' -> type(WORD) ;
ARGUMENTS_OTHER : . -> type(OTHER) ;
fragment WordStart : WordCharacter | '\\' ( WordCharacter | ["|\\] ) | Template ;
fragment WordPart : WordStart | [+\-] | '\\' [+\-] ;
fragment WordCharacter : ~[ \t\r\n(),"=<>![\]|`\\+\-] ;
// A place that foreach fills in.
fragment Template : '<<' [A-Za-z0-9_]+ '>>' ;

// The value of an option: as an argument, but a sign belongs to it.
mode VALUE;
VALUE_WORD : WordPart+ '\\'? -> type(WORD) ;
VALUE_BACKSLASH : '\\' -> type(WORD) ;
VALUE_COMMA : ',' -> type(COMMA) ;
VALUE_OTHER : . -> type(OTHER) ;

// ---------------------------------------------------------------- expressions

// The left side of an assignment.
mode TARGET;
TARGET_EQ : '=' -> type(EQ) ;
TARGET_COMMA : ',' -> type(COMMA) ;
TARGET_WORD : ( [A-Za-z0-9_.:{}@#/$\-\u007F] | Template )+ -> type(WORD) ;
TARGET_FIELD : Field -> type(FIELD) ;
TARGET_OPEN_FIELD : OpenField -> type(OPEN_FIELD) ;
TARGET_OTHER : . -> type(OTHER) ;

mode EXPRESSION;
EXPRESSION_EQ : '=' '='? -> type(EQ) ;
EXPRESSION_NEQ : '!=' -> type(NEQ) ;
EXPRESSION_NOT : '!' -> type(NOT) ;
EXPRESSION_LT : '<' -> type(LT) ;
EXPRESSION_LE : '<=' -> type(LE) ;
EXPRESSION_GT : '>' -> type(GT) ;
EXPRESSION_GE : '>=' -> type(GE) ;
EXPRESSION_COMMA : ',' -> type(COMMA) ;
PLUS : '+' ;
MINUS : '-' ;
DOT : '.' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
NUMBER : [0-9]+ ( '.' [0-9]+ )? ( [eE] [+\-]? [0-9]+ )? ;
// $name$ is a place that map fills in.
EXPRESSION_WORD : ( NameStart | Template | Token ) ( NameStart | [0-9] | Template | Token )* -> type(WORD) ;
FIELD : Field ;
OPEN_FIELD : OpenField ;
EXPRESSION_OTHER : . -> type(OTHER) ;
fragment NameStart : [A-Za-z_\u007F] ;
fragment Token : '$' [A-Za-z0-9_.:{}\-\u007F]+ '$' ;
fragment Field : '\'' ( ~['\\] | '\\' . )* '\'' ;
fragment OpenField : '\'' ( ~['\\] | '\\' . )* '\\'? ;
