using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Routing.Agent.Lab.Api;

namespace Routing.Tests.Lab.Api;

/// <summary>A lab API on a free port, and clients for it.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lab-api-").FullName;

    private TestApi(LabApiServer server)
    {
        Server = server;
        var trust = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, given, _, _) => given?.Thumbprint == server.Certificate.Thumbprint,
        };
        Http = new HttpClient(trust) { BaseAddress = server.Endpoint };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        Http.DefaultRequestHeaders.UserAgent.ParseAdd("curl/8.5.0");
        Kubeconfig = Path.Combine(_folder, "kubeconfig");
        server.WriteKubeconfig(Kubeconfig);
    }

    public LabApiServer Server { get; }

    public HttpClient Http { get; }

    public string Kubeconfig { get; }

    public static async Task<TestApi> StartAsync(LabApiOptions? options = null) =>
        new(await LabApiServer.StartAsync(options ?? new LabApiOptions()));

    /// <summary>KubernetesClient, connected through the kubeconfig file.</summary>
    public Kubernetes Client() => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig));

    public async Task<(int Code, JsonNode Body)> SendAsync(
        string method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, JsonNode.Parse(text)!);
    }

    public async Task<JsonNode> OkAsync(string method, string path, string? body = null, string contentType = "application/json")
    {
        var (code, answer) = await SendAsync(method, path, body, contentType);
        Assert.That(code, Is.InRange(200, 299), answer.ToJsonString());
        return answer;
    }

    /// <summary>kubectl's output; fails the test when kubectl fails.</summary>
    public string Kubectl(params string[] arguments)
    {
        var (code, output, error) = TryKubectl(null, arguments);
        Assert.That(code, Is.Zero, $"kubectl {string.Join(' ', arguments)}: {error}");
        return output;
    }

    public string KubectlApply(string manifest, params string[] arguments)
    {
        var (code, output, error) = TryKubectl(manifest, ["apply", "-f", "-", .. arguments]);
        Assert.That(code, Is.Zero, error);
        return output;
    }

    public (int Code, string Output, string Error) TryKubectl(string? input, params string[] arguments)
    {
        using var process = StartKubectl(input is not null, arguments);
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public Process StartKubectl(bool withInput, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Requires.Tool("kubectl"), [$"--kubeconfig={Kubeconfig}", $"--cache-dir={_folder}/cache", .. arguments])
        {
            RedirectStandardInput = withInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
