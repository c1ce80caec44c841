using Routing.Tests.Golden;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.Charts;

[TestFixture]
public sealed class ChartTests
{
    [TestCase("default")]
    [TestCase("rack", "rack.yaml")]
    [TestCase("bring-your-own-bgp", "bring-your-own-bgp.yaml")]
    [TestCase("careful", "careful.yaml")]
    public void Renders_as_it_did(string name, params string[] valuesFiles) =>
        GoldenFile.Verify($"charts/{name}.yaml", ChartRenderer.Render(valuesFiles));

    [TestCase("default")]
    [TestCase("rack", "rack.yaml")]
    [TestCase("bring-your-own-bgp", "bring-your-own-bgp.yaml")]
    [TestCase("careful", "careful.yaml")]
    public async Task Every_object_is_accepted_by_an_API_server(string name, params string[] valuesFiles)
    {
        await using var api = await TestApi.StartAsync();
        api.Kubectl("apply", "--filename", Repository.PathOf("charts/routing/crds"));
        var manifests = ChartRenderer.Render(valuesFiles);

        var applied = api.KubectlApply(manifests, "--validate=strict").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(applied, Has.Length.EqualTo(manifests.Split("\nkind: ").Length - 1), name);
        Assert.That(applied, Has.All.EndsWith("created"));
    }

    [Test]
    public void Names_the_value_that_is_missing() =>
        Assert.That(
            () => ChartRenderer.Render("no-as-number.yaml"),
            Throws.InvalidOperationException.With.Message.Contains("bgp.asNumber: the AS number of nodes"));
}
