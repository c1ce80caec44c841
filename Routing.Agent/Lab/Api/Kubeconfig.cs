using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Routing.Agent.Lab.Api;

/// <summary>Writes the file that kubectl and KubernetesClient connect with.</summary>
internal static class Kubeconfig
{
    /// <summary>Replaces <paramref name="path"/> by rename, readable by its owner only, since it holds a token.</summary>
    public static void Write(string path, Uri server, X509Certificate2 authority, string token)
    {
        var url = server.ToString().TrimEnd('/');
        var certificate = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem()));
        var text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: lab
              cluster:
                server: {url}
                certificate-authority-data: {certificate}
            contexts:
            - name: lab
              context:
                cluster: lab
                user: lab
            current-context: lab
            users:
            - name: lab
              user:
                token: {token}

            """;
        var temporary = path + ".tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        File.Delete(temporary); // a left-over would keep its own mode
        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
        }

        File.Move(temporary, path, overwrite: true);
    }
}
