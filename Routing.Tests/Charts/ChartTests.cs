using Routing.Tests.Golden;

namespace Routing.Tests.Charts;

[TestFixture]
public sealed class ChartTests
{
    [TestCase("default")]
    [TestCase("rack", "rack.yaml")]
    [TestCase("bring-your-own-bgp", "bring-your-own-bgp.yaml")]
    public void Renders_as_it_did(string name, params string[] valuesFiles) =>
        GoldenFile.Verify($"charts/{name}.yaml", ChartRenderer.Render(valuesFiles));

    [Test]
    public void Names_the_value_that_is_missing() =>
        Assert.That(
            () => ChartRenderer.Render("no-as-number.yaml"),
            Throws.InvalidOperationException.With.Message.Contains("bgp.asNumber: the AS number of nodes"));
}
