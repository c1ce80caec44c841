using System.Text.Json.Nodes;
using k8s.Models;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Patches;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Tests.Lab.Api;

/// <summary>The three kinds of patch as functions: a row an idea.</summary>
internal sealed class PatchTests
{
    private const string TwoContainers =
        """{"spec":{"containers":[{"name":"a","image":"a:1","ports":[{"containerPort":80,"name":"http"}]},{"name":"b","image":"b:1"}]}}""";

    [TestCase("""{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""", TestName = "Merge adds")]
    [TestCase("""{"a":1,"b":2}""", """{"a":null}""", """{"b":2}""", TestName = "Merge deletes by null")]
    [TestCase("""{"a":{"b":1,"c":2}}""", """{"a":{"b":null,"d":3}}""", """{"a":{"c":2,"d":3}}""", TestName = "Merge goes into objects")]
    [TestCase("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""", TestName = "Merge replaces lists")]
    [TestCase("""{"a":"x"}""", """{"a":{"b":{"c":null}}}""", """{"a":{"b":{}}}""", TestName = "Merge keeps no null of its own")]
    public void Json_merge_patch(string target, string patch, string expected) =>
        AssertJson(JsonMergePatch.Apply(Parse(target), Parse(patch)), expected);

    [TestCase("""{"a":[1,2]}""", """[{"op":"add","path":"/a/1","value":9}]""", """{"a":[1,9,2]}""", TestName = "Add into a list")]
    [TestCase("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":2}]""", """{"a":[1,2]}""", TestName = "Add at the end")]
    [TestCase("""{}""", """[{"op":"add","path":"/a~1b~0c","value":1}]""", """{"a/b~c":1}""", TestName = "Escaped pointers")]
    [TestCase("""{"a":1}""", """[{"op":"remove","path":"/a"}]""", """{}""", TestName = "Remove")]
    [TestCase("""{"a":[1,2]}""", """[{"op":"replace","path":"/a/0","value":{"x":1}}]""", """{"a":[{"x":1},2]}""", TestName = "Replace")]
    [TestCase("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/c"}]""", """{"a":{},"c":1}""", TestName = "Move")]
    [TestCase("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"}]""", """{"a":{"b":1},"c":{"b":1}}""", TestName = "Copy")]
    [TestCase("""{"a":1}""", """[{"op":"test","path":"/a","value":1},{"op":"replace","path":"/a","value":2}]""", """{"a":2}""", TestName = "Test")]
    public void Json_patch(string target, string patch, string expected) =>
        AssertJson(JsonPatch.Apply(Parse(target), Parse(patch)), expected);

    [TestCase("""[{"op":"remove","path":"/none"}]""", 422)]
    [TestCase("""[{"op":"test","path":"/a","value":2}]""", 422)]
    [TestCase("""[{"op":"add","path":"/list/7","value":2}]""", 422)]
    [TestCase("""[{"op":"add","path":"/none/below","value":2}]""", 422)]
    [TestCase("""[{"op":"bend","path":"/a"}]""", 400)]
    [TestCase("""[{"op":"add","path":"a","value":2}]""", 400)]
    [TestCase("""{"op":"add"}""", 400)]
    public void A_json_patch_that_does_not_fit_is_refused(string patch, int code)
    {
        var refusal = Assert.Throws<ApiException>(() => JsonPatch.Apply(Parse("""{"a":1,"list":[]}"""), Parse(patch)));
        Assert.That(refusal!.Code, Is.EqualTo(code));
    }

    [TestCase(
        """{"spec":{"containers":[{"name":"b","image":"b:2"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"a:1","ports":[{"containerPort":80,"name":"http"}]},{"name":"b","image":"b:2"}]}}""",
        TestName = "An element is found by its key")]
    [TestCase(
        """{"spec":{"containers":[{"name":"c","image":"c:1"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"a:1","ports":[{"containerPort":80,"name":"http"}]},{"name":"b","image":"b:1"},{"name":"c","image":"c:1"}]}}""",
        TestName = "A new element is appended")]
    [TestCase(
        """{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"b:1"}]}}""",
        TestName = "$patch: delete removes an element")]
    [TestCase(
        """{"spec":{"containers":[{"$patch":"replace"},{"name":"z","image":"z"}]}}""",
        """{"spec":{"containers":[{"name":"z","image":"z"}]}}""",
        TestName = "$patch: replace replaces a list")]
    [TestCase(
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","image":"b:3"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"b:3"},{"name":"a","image":"a:1","ports":[{"containerPort":80,"name":"http"}]}]}}""",
        TestName = "$setElementOrder reorders")]
    [TestCase(
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"name":"web"},{"containerPort":443}]}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"a:1","ports":[{"containerPort":80,"name":"web"},{"containerPort":443}]},{"name":"b","image":"b:1"}]}}""",
        TestName = "Lists inside elements merge too")]
    [TestCase(
        """{"spec":{"tolerations":[{"key":"x"}],"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"a:1","ports":[{"containerPort":80,"name":"http"}]},{"name":"b","image":"b:1"}],"tolerations":[{"key":"x"}],"volumes":[{"name":"v","emptyDir":{}}]}}""",
        TestName = "Missing lists are made")]
    [TestCase("""{"spec":{"$patch":"replace","nodeName":"n"}}""", """{"spec":{"nodeName":"n"}}""", TestName = "$patch: replace replaces an object")]
    [TestCase("""{"spec":{"containers":null}}""", """{"spec":{}}""", TestName = "Null deletes")]
    public void Strategic_merge_of_pods(string patch, string expected) => AssertJson(
        StrategicMergePatch.Apply(Parse(TwoContainers).AsObject(), Parse(patch).AsObject(), ModelSchema.Of(typeof(V1Pod))), expected);

    [TestCase(
        """{"spec":{"tolerations":[{"key":"a"}]}}""", """{"spec":{"tolerations":[{"key":"b"}]}}""",
        """{"spec":{"tolerations":[{"key":"b"}]}}""", TestName = "A list without a key is replaced")]
    [TestCase(
        """{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"finalizers":["c","a"]}}""",
        """{"metadata":{"finalizers":["a","b","c"]}}""", TestName = "A merged list of scalars grows")]
    [TestCase(
        """{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}""",
        """{"metadata":{"finalizers":["b"]}}""", TestName = "$deleteFromPrimitiveList removes scalars")]
    [TestCase(
        """{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","configMap"],"configMap":{"name":"c"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","configMap":{"name":"c"}}]}}""", TestName = "$retainKeys drops the other members of a union")]
    [TestCase(
        """{"status":{"conditions":[{"type":"Ready","status":"False"},{"type":"Other","status":"True"}]}}""",
        """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""",
        """{"status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Other","status":"True"}]}}""",
        TestName = "Conditions merge by type")]
    public void Strategic_merge(string target, string patch, string expected) => AssertJson(
        StrategicMergePatch.Apply(Parse(target).AsObject(), Parse(patch).AsObject(), ModelSchema.Of(typeof(V1Pod))), expected);

    [Test]
    public void An_element_without_its_key_is_refused()
    {
        var refusal = Assert.Throws<ApiException>(() => StrategicMergePatch.Apply(
            Parse(TwoContainers).AsObject(), Parse("""{"spec":{"containers":[{"image":"x"}]}}""").AsObject(), ModelSchema.Of(typeof(V1Pod))));
        Assert.That(refusal!.Message, Does.Contain("does not contain declared merge key: name"));
    }

    private static JsonNode Parse(string text) => JsonNode.Parse(text)!;

    private static void AssertJson(JsonNode? actual, string expected) =>
        Assert.That(JsonNode.DeepEquals(actual, Parse(expected)), Is.True, $"is {actual?.ToJsonString()}\nnot {expected}");
}
