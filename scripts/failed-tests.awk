# Prints the failed tests of a trx file: class, name, and the first lines of the message and of the stack.
# Usage: awk -f failed-tests.awk run.trx run.trx   (read twice: results stand before the classes they belong to)
function attribute(name,    text) {
    if (!match($0, " " name "=\"[^\"]*\"")) { return "" }
    text = substr($0, RSTART, RLENGTH)
    sub("^ " name "=\"", "", text)
    sub("\"$", "", text)
    return plain(text)
}
function plain(text) {
    gsub(/\r|&#xD;/, "", text); gsub(/&#xA;/, " ", text)
    gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#39;|&apos;/, "'", text)
    gsub(/&amp;/, "\\&", text)
    return text
}
function show(text) {
    gsub(/<\/?(Message|StackTrace|Text|RunInfo)>/, "", text)
    if (text ~ /[^ ]/ && shown++ < limit) { print "    " substr(plain(text), 1, 400) }
}
FNR == NR {
    if (/<UnitTest /) { id = attribute("id") }
    else if (/<TestMethod /) { class[id] = attribute("className") }
    next
}
/<UnitTestResult / {
    failed = attribute("outcome") == "Failed"
    if (failed) { print "FAILED " class[attribute("testId")] ": " attribute("testName") }
}
/<\/UnitTestResult>/ { failed = 0 }
/<RunInfo .*outcome="Error"/ { print "RUN " attribute("outcome") ":"; failed = 1 }
/<\/RunInfo>/ { failed = 0 }
failed && /<(Message|Text)>/ { part = 1; limit = 15; shown = 0 }
failed && /<StackTrace>/ { part = 1; limit = 6; shown = 0 }
failed && part { show($0) }
/<\/(Message|StackTrace|Text)>/ { part = 0 }
